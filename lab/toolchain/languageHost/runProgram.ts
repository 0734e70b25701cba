import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { readRuntimeOptions } from "./runtimeOptions";

/** What node is started with for one run of a program. */
export interface ProgramCommand {
  args: string[];
  env: Record<string, string>;
}

/**
 * The command line and environment for a run; the same as the official host's, but that the program talks to the
 * engine's resource monitor itself.
 * @param runPath `cmd/run` of the program's SDK.
 */
export function programCommand(
  request: RunRequest,
  runPath: string,
  engineAddress: string,
  tracing: string,
): ProgramCommand {
  const info = request.getInfo();
  const options = readRuntimeOptions(info?.getOptions()?.toJavaScript() ?? {});
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: info?.getProgramDirectory() || request.getPwd(),
    parallel: String(request.getParallel()),
    tracing,
  };
  return {
    args: [
      ...options.nodeargs,
      runPath,
      ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info?.getEntryPoint() || request.getProgram() || ".",
      ...request.getArgsList(),
    ],
    env: {
      PULUMI_CONFIG: JSON.stringify(configOf(request)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
    },
  };
}

/** SDK exit code of a program that has reported its error already (cmd/run/index.js). */
const ALREADY_REPORTED = 32;

/** What the engine is told of a program's end. */
export function programResult(
  { code, signal }: { code: number | null; signal: NodeJS.Signals | null },
  outOfMemory: boolean,
): { error: string; bail: boolean } {
  if (code === 0) return { error: "", bail: false };
  if (code === ALREADY_REPORTED) return { error: "", bail: true };
  const hint = outOfMemory
    ? " It ran out of memory: set runtime.options.nodeargs to --max-old-space-size=<MiB> in Pulumi.yaml."
    : "";
  // Go's exec gives -1 for a process that a signal ended.
  const ending = signal ? `-1 (${signal})` : String(code);
  return { error: `Program exited with non-zero exit code: ${ending}.${hint}`.replace(/\.$/, ""), bail: false };
}

/** Keys in the form `<project>:config:<name>`, which every SDK version reads. */
function configOf(request: RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value: string, key: string) => {
    const [namespace, ...rest] = key.split(":");
    const name = rest[0] === "config" && rest.length > 1 ? rest.slice(1) : rest;
    config[`${namespace}:config:${name.join(":")}`] = value;
  });
  return config;
}
