import { rmSync } from "node:fs";
import { join } from "node:path";
import { createHost } from "../hosts/createHost";
import { containerOf, portOf, type RackContext } from "../rackContext";
import { cutPower } from "./cutPower";

/** Puts a new machine in a host's place, powered off: empty disks, another machine-id, the same address and keys. */
export async function wipeHost(context: RackContext, host: string): Promise<void> {
  const port = portOf(context, host);
  await cutPower(context, host);
  const image = await context.podman("inspect", "--format", "{{.ImageName}}", containerOf(context, host));
  await context.podman("rm", "--force", containerOf(context, host));
  rmSync(join(context.paths.hosts, host), { recursive: true, force: true });
  await createHost(context, port, image.trim());
  context.log(`${host} is a new machine, powered off`);
}
