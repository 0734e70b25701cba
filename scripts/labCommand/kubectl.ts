import execa from "execa";
import { LabError } from "../../lab/labError";

/** Runs kubectl with arguments against one cluster and returns what it prints. */
export type Kubectl = (args: readonly string[]) => Promise<string>;

/** For an exec, which --request-timeout does not end: the longest one, Kafka's quorum tool, takes some 20 s on busy hosts. */
const limitMs = 120_000;

/** @param program path of kubectl  @param kubeconfig file that only its owner can read */
export function kubectlFor(program: string, kubeconfig: string): Kubectl {
  return async (args) => {
    const result = await execa(program, ["--kubeconfig", kubeconfig, "--request-timeout", "20s", ...args], {
      reject: false,
      stdin: "ignore",
      timeout: limitMs,
    });
    if (result.failed) {
      const reason = result.timedOut ? `no answer within ${limitMs / 1000} s` : `exit code ${result.exitCode}`;
      throw new LabError(`kubectl ${args.join(" ")}: ${result.stderr || reason}`);
    }
    return result.stdout;
  };
}
