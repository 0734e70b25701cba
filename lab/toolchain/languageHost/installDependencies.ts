import type { InstallDependenciesRequest } from "@pulumi/pulumi/proto/language_pb";
import { delimiter, dirname } from "node:path";
import type { StreamedCommand } from "./streamed";
import { readRuntimeOptions } from "./runtimeOptions";

/** `pulumi install`: the package manager's install in the program's folder, with our Node first on PATH. */
export function installCommand(request: InstallDependenciesRequest): StreamedCommand {
  const info = request.getInfo();
  const { packagemanager } = readRuntimeOptions(info?.getOptions()?.toJavaScript() ?? {});
  const manager = packagemanager === "auto" ? "npm" : packagemanager;
  return {
    command: manager,
    args: manager === "npm" ? ["install", "--loglevel=error"] : ["install"],
    cwd: info?.getProgramDirectory() || request.getDirectory(),
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}` },
    intro: "Installing dependencies...\n\n",
    outro: "Finished installing dependencies\n\n",
  };
}
