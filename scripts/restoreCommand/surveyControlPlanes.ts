import type { ClusterConfig } from "../../core/config";
import type { Ssh } from "./openSsh";
import { parseSurvey, type Survey } from "./parseSurvey";

/** Undefined: the host does not answer, which is not to say that it is gone. */
export type Surveys = Readonly<Record<string, Survey | undefined>>;

const program = "/usr/local/lib/iotef/survey-etcd";
/** On a host that was rebuilt, or that no `up` has given its upkeep yet, the program is not there. */
const command = `if [ -x ${program} ]; then echo upkeep=yes; exec ${program}
elif [ -f /etc/kubernetes/manifests/etcd.yaml ]; then echo "member=$(hostname)"; fi`;

/** Asks every control plane of the stack file, side by side. */
export async function surveyControlPlanes({ hosts }: ClusterConfig, ssh: Ssh): Promise<Surveys> {
  const names = Object.keys(hosts)
    .filter((name) => hosts[name]!.role === "control-plane")
    .sort();
  const entries = names.map(async (name): Promise<[string, Survey | undefined]> => {
    const { exitCode, stdout, stderr } = await ssh.run(name, command);
    if (exitCode === 255) return [name, undefined];
    if (exitCode !== 0) throw new Error(`${name}: ${program} ended with ${exitCode}: ${stderr.trim()}`);
    return [name, parseSurvey(stdout)];
  });
  return Object.fromEntries(await Promise.all(entries));
}
