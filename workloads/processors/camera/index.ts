import type { DeviceSource } from "../../stage/processor";
import { cameraOptions, type CameraOptions } from "./cameraOptions";
import { openDirectory } from "./openDirectory";
import { openScene } from "./openScene";
import { Scene } from "./scene";

/** All lanes of a stage look at one scene, so that each picture is composed once. */
let scene: { of: string; scene: Scene } | undefined;

/** Takes JPEG frames with motion: of a built-in scene, or of a real camera that leaves files in a folder. */
const camera: DeviceSource<CameraOptions> = {
  options: cameraOptions,
  open(lane, position, context) {
    const { options } = context;
    if (options.directory !== undefined) return openDirectory(options.directory, lane, position, context);
    const of = JSON.stringify([options.size, options.schedule]);
    if (scene?.of !== of) scene = { of, scene: new Scene(options) };
    return openScene(scene.scene, lane, position, context);
  },
};

export default camera;
