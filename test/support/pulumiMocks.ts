import * as pulumi from "@pulumi/pulumi";

/** A resource as a component asked for it. */
export interface MockedResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  provider?: string;
}

/** What every mocked host answers when it is asked for its addresses. */
const addressesOfFacts = [1, 2].flatMap((net) => Array.from({ length: 9 }, (_, n) => `10.0.${net}.${n + 1}`)).join(" ");

/** Everything that was asked for since `startMocks`, in order. */
export const mocked: MockedResource[] = [];

/** Outputs of mocked stacks by their name. */
const stacks = new Map<string, Record<string, unknown>>();

/**
 * Stands in for the engine. It is one for the whole process (facts/pulumi.md 1.3): call it before a file that makes
 * resources is imported, and again to begin anew.
 *
 * @param stackOutputs what stack references find, by name of stack
 * @param preview whether it is a preview
 */
export async function startMocks(
  stackOutputs: Record<string, Record<string, unknown>> = {},
  preview = false,
): Promise<void> {
  mocked.length = 0;
  stacks.clear();
  for (const [name, outputs] of Object.entries(stackOutputs)) stacks.set(name, outputs);
  await pulumi.runtime.setMocks(
    { newResource: (args) => answer(args), call: () => ({}) },
    "iotef",
    "test",
    preview,
    "organization",
  );
  // The SDK's own stand-in does not know hooks on errors, and a resource that has one would wait for ever.
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor["registerErrorHook"] = (_request: unknown, done: (error: null, answer: object) => void) => done(null, {});
}

/** What openssl prints, in form. */
const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const isAuthority = (name: string) => name.endsWith("-authority");

function answer({ type, name, inputs, provider, custom }: pulumi.runtime.MockResourceArgs): {
  id: string;
  state: Record<string, unknown>;
} {
  const given = inputs as Record<string, unknown>;
  mocked.push({ type, name, inputs: given, ...(provider === undefined || provider === "" ? {} : { provider }) });
  const state = { ...given };
  if (type === "pulumi:pulumi:StackReference") {
    const outputs = stacks.get(String(given["name"])) ?? {};
    Object.assign(state, { outputs, secretOutputNames: ["kubeconfig", "kafkaAdmin"].filter((key) => key in outputs) });
  }
  if (type === "command:local:Command") state["stdout"] = stdoutOf(name, given);
  if (type === "command:remote:Command" && /-facts-/.test(name)) state["stdout"] = factsOf(name);
  if (type === "random:index/randomBytes:RandomBytes") state["base64"] = Buffer.alloc(16, name).toString("base64");
  if (type === "random:index/randomPassword:RandomPassword") state["result"] = `password of ${name}`;
  if (type.startsWith("kubernetes:")) {
    const metadata = (given["metadata"] ?? {}) as Record<string, unknown>;
    state["metadata"] = { name: `${name}-1a2b3c4d`, ...metadata };
  }
  return { id: custom === false ? "" : `${name}-id`, state };
}

/** What a good host says of itself; its address is an input, and a secret beside its key. */
function factsOf(host: string): string {
  const facts = {
    hostname: host,
    machineId: `machine-${host}`,
    architecture: "x86_64",
    userId: 0,
    cpus: 4,
    memoryMiB: 8000,
    swapMiB: 0,
    epochSeconds: 1_800_000_000,
    freeDiskMiB: 50_000,
    cgroup: "v2",
    memoryCgroup: "on",
    vxlan: "yes",
    addresses: addressesOfFacts,
    joined: "no",
    portsTaken: "",
    noRouteTo: "",
  };
  return Object.entries(facts)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");
}

/** What the commands of the operator's machine print, in form; a fleet is a first one. */
function stdoutOf(name: string, { stdin, environment }: Record<string, unknown>): string {
  if (name.endsWith("-fleet")) return `{"from":[],"to":${(environment as { BROKERS: string }).BROKERS}}`;
  return stdin === undefined && !isAuthority(name) ? "1800000000000" : pem;
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply(resolve));
}

/** Waits until all that was asked for has been recorded. */
export async function settled(): Promise<void> {
  for (let before = -1; before !== mocked.length;) {
    before = mocked.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
