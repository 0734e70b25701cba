import type { RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";
import type { StreamedCommand } from "./streamed";
import { resolveModule } from "./resolveModule";
import { readRuntimeOptions } from "./runtimeOptions";

/** Starts a policy pack or a provider that is written for Node, from its folder. */
export function pluginCommand(request: RunPluginRequest): StreamedCommand {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getProgram();
  const options = readRuntimeOptions(info?.getOptions()?.toJavaScript() ?? {});
  const isPolicyPack = request.getKind() === "analyzer";
  const entry = isPolicyPack ? "@pulumi/pulumi/cmd/run-policy-pack" : "@pulumi/pulumi/cmd/run-plugin";
  const args = request.getArgsList();
  return {
    command: process.execPath,
    // A policy pack takes its folder last, everything else first: so the SDK's entry points read it.
    args: [
      ...options.nodeargs,
      resolveModule(entry, folder),
      ...(isPolicyPack ? [...args, folder] : [folder, ...args]),
    ],
    cwd: isPolicyPack ? folder : request.getPwd(),
    env: {
      ...Object.fromEntries(request.getEnvList().map((entry) => entry.split(/=(.*)/s).slice(0, 2))),
      ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
    },
  };
}
