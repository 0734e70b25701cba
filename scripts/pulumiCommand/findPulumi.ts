import { existsSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { labPlaces, runPulumi, type PulumiResult } from "../../lab/toolchain";

/** Runs the Pulumi CLI on a stack of this project and collects what it prints; any exit code resolves. */
export type Pulumi = (stack: string, args: readonly string[]) => Promise<PulumiResult>;

/**
 * The lab's CLI, state and passphrase where a lab is up; else the user's own: `pulumi` on the PATH, its login and passphrase.
 *
 * @param project folder of Pulumi.yaml
 */
export function findPulumi(project: string): Pulumi {
  const lab = join(project, ".lab", "bin");
  if (existsSync(join(lab, "pulumi"))) {
    const places = labPlaces(project, [lab]);
    return (stack, args) => runPulumi(stack, args, { places, capture: true, allowFailure: true });
  }
  return async (stack, args) => {
    const result = await execa("pulumi", [...args, "--stack", stack, "--non-interactive"], {
      cwd: project,
      reject: false,
      stdin: "ignore",
      maxBuffer: 1 << 30,
    });
    if ((result as { code?: string }).code === "ENOENT") {
      throw new Error(
        "there is no pulumi on the PATH and no lab here; install the Pulumi CLI, or run ./scripts/lab up",
      );
    }
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  };
}
