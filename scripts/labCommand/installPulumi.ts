import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Supplied } from "../../lab/artifacts";
import { installToolchain, type PulumiPlaces } from "../../lab/toolchain";

/** Puts the CLI, the Kubernetes provider, the language host and the stand-ins into the lab's folder for executables. */
export async function installPulumi({ binDirs }: PulumiPlaces, { pulumi, pulumiKubernetes }: Supplied): Promise<void> {
  const bin = binDirs[0]!;
  mkdirSync(bin, { recursive: true });
  link(pulumi!, join(bin, "pulumi"));
  link(pulumiKubernetes!, join(bin, "pulumi-resource-kubernetes"));
  await installToolchain({ binDir: bin });
}

function link(target: string, path: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
