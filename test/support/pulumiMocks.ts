import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";

/** A resource as a component asked for it. */
export interface MockedResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  provider?: string;
}

/** Everything that was asked for since `startMocks`, in order. */
export const mocked: MockedResource[] = [];

/** Outputs of mocked stacks by their name. */
const stacks = new Map<string, Record<string, unknown>>();

/** Keepers that resources have had since they were made, by their name: what a component asks for later does not change them. */
let kept: Readonly<Record<string, Record<string, string>>> = {};

/**
 * Stands in for the engine. It is one for the whole process (facts/pulumi.md 1.3): call it before a file that makes
 * resources is imported, and again to begin anew.
 *
 * @param stackOutputs what stack references find, by name of stack
 * @param preview whether it is a preview
 * @param keepers those of resources that were made before, with ignoreChanges
 */
export async function startMocks(
  stackOutputs: Record<string, Record<string, unknown>> = {},
  preview = false,
  keepers: Readonly<Record<string, Record<string, string>>> = {},
): Promise<void> {
  mocked.length = 0;
  kept = keepers;
  stacks.clear();
  for (const [name, outputs] of Object.entries(stackOutputs)) stacks.set(name, outputs);
  await pulumi.runtime.setMocks(
    { newResource: (args) => answer(args), call: () => ({}) },
    "iotef",
    "test",
    preview,
    "organization",
  );
  // The SDK's own stand-in does not know hooks, and a resource that has one would wait for ever.
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor["registerResourceHook"] = (_request: unknown, done: (error: null, answer: object) => void) => done(null, {});
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
  if (type === "command:remote:Command" && name.includes("-prepare-")) state["stdout"] = `machine of ${name}\n`;
  if (type === "random:index/randomBytes:RandomBytes") {
    state["base64"] = Buffer.alloc(16, name).toString("base64");
    if (name in kept) state["keepers"] = kept[name];
  }
  if (type === "random:index/randomPassword:RandomPassword") state["result"] = `password of ${name}`;
  if (type.startsWith("kubernetes:")) {
    const metadata = (given["metadata"] ?? {}) as Record<string, unknown>;
    state["metadata"] = { name: `${name}-1a2b3c4d`, ...metadata };
  }
  return { id: custom === false ? "" : `${name}-id`, state };
}

/** What the commands of the operator's machine print, in form; a fleet is a first one. */
function stdoutOf(name: string, { stdin, environment }: Record<string, unknown>): string {
  if (name.endsWith("-fleet")) return `{"from":[],"to":${(environment as { BROKERS: string }).BROKERS}}`;
  if (name.endsWith("-kubeconfig")) return kubeconfig();
  return stdin === undefined && !isAuthority(name) ? "1800000000000" : pem;
}

/** An administrator's kubeconfig with a certificate that can be read. */
function kubeconfig(): string {
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "/dev/null",
  ];
  const certificate = execFileSync("openssl", [...args, "-subj", "/CN=admin"], { stdio: ["ignore", "pipe", "ignore"] });
  const data = certificate.toString("base64");
  return JSON.stringify({
    clusters: [
      { name: "edge", cluster: { "certificate-authority-data": data, server: "https://api.edge.iotef:8443" } },
    ],
    users: [{ name: "admin", user: { "client-certificate-data": data } }],
  });
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
