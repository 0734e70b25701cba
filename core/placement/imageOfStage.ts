import type { FederationConfig, StageSpec } from "../config/schema";

/**
 * The image that a stage runs: its own where it names one, else IoTEF's for the process; by digest where one is known,
 * because a digest pins what runs and a changed one rolls the pods.
 */
export function imageOfStage(
  images: FederationConfig["images"],
  { image, process }: Pick<StageSpec, "image" | "process">,
): string {
  if (image !== undefined) return image;
  const digest = images.digests[process];
  const name = `${images.registry}/${process}`;
  return digest === undefined ? `${name}:${images.tag}` : `${name}@${digest}`;
}
