import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../../core/errors";
import { explainHostError } from "./explainHostError";
import type { HostAccess } from "./hostAccess";
import { parseFacts } from "./parseFacts";
import { createRemoteScript } from "./remoteScript";
import { validateHosts, type HostExpectation, type HostRequirements } from "./validateHosts";

const script = readFileSync(join(__dirname, "gatherFacts.sh"), "utf8");

/**
 * What Kubernetes, Kafka and HAProxy will listen on (facts/provisioning.md 2.6). HAProxy's own port comes from config.
 * etcd and the API server are looked at on workers too: a worker with an API server is somebody else's control plane.
 */
const clusterPorts = [6443, 2379, 2380, 10250, 10256, 10257, 10259, 9092, 9093, 9094];

export interface CheckedHosts {
  /** Resources to depend on: resolves once every host's facts are read and all checks passed. */
  gate: pulumi.Output<pulumi.Resource[]>;
  facts: Record<string, command.remote.Command>;
}

/**
 * Reads the facts of all hosts, then checks them together. Everything that changes a host depends on the gate, so nothing
 * is changed anywhere while one host is wrong. Facts are read again by all hosts whenever the rack changes: comparing clocks
 * wants them from one moment.
 */
export function checkHosts(
  name: string,
  hosts: readonly (HostAccess & HostExpectation)[],
  requirements: HostRequirements & { apiPort: number },
  options: pulumi.CustomResourceOptions,
): CheckedHosts {
  const rack = hosts.map((host) => `${host.name}=${host.address}`).join(" ");
  const ports = [...clusterPorts, requirements.apiPort].join(" ");
  const facts = Object.fromEntries(
    hosts.map((host) => {
      const others = hosts.filter((other) => other.name !== host.name).map((other) => other.address);
      const text = `# rack: ${rack}\nset -- '${others.join(" ")}' '${ports}'\n${script}`;
      const resource = `${name}-facts-${host.name}`;
      const hooks = { onError: [explainErrors(resource, host)] };
      return [
        host.name,
        createRemoteScript(resource, { host, title: `facts of ${host.name}`, script: text }, { ...options, hooks }),
      ] as const;
    }),
  );
  const gate = pulumi
    .all(Object.fromEntries(Object.entries(facts).map(([host, { stdout }]) => [host, stdout])))
    .apply((texts) => {
      const parsed = Object.fromEntries(Object.entries(texts).map(([host, text]) => [host, parseFacts(text)]));
      const problems = validateHosts(hosts, parsed, requirements);
      if (problems.length > 0) throw new pulumi.RunError(new ConfigError(problems).message);
      return Object.values(facts) as pulumi.Resource[];
    });
  return { gate, facts };
}

/** The provider's message knows no configuration; beside it stands what to mend where. Asks for no retry. */
function explainErrors(name: string, host: HostAccess): pulumi.ErrorHook {
  return new pulumi.ErrorHook(`${name}-error`, async ({ errors }) => {
    const explanation = explainHostError(host, errors[0] ?? "");
    if (explanation !== undefined) await pulumi.log.error(explanation);
    return false;
  });
}
