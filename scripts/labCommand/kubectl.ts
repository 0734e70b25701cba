import execa from "execa";
import { LabError } from "../../lab/labError";

/** Runs kubectl with arguments against one cluster and returns what it prints. */
export type Kubectl = (args: readonly string[]) => Promise<string>;

/** @param program path of kubectl  @param kubeconfig file that only its owner can read */
export function kubectlFor(program: string, kubeconfig: string): Kubectl {
  return async (args) => {
    const result = await execa(program, ["--kubeconfig", kubeconfig, "--request-timeout", "20s", ...args], {
      reject: false,
      stdin: "ignore",
    });
    if (result.failed)
      throw new LabError(`kubectl ${args.join(" ")}: ${result.stderr || `exit code ${result.exitCode}`}`);
    return result.stdout;
  };
}
