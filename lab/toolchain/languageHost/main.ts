import type * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/package.json";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { serveGrpc, unary } from "../provider/serveGrpc";
import { Children } from "./children";
import { installCommand } from "./installDependencies";
import { pluginCommand } from "./runPlugin";
import { programDependencies } from "./programDependencies";
import { programCommand, programResult } from "./runProgram";
import { requiredPackages } from "./requiredPackages";
import { resolveModule } from "./resolveModule";
import { streamed } from "./streamed";

const positional = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const tracing = /^--?tracing=(.*)$/.exec(process.argv.find((a) => /^--?tracing=/.test(a)) ?? "")?.[1] ?? "";
let engineAddress = positional.pop() ?? "";
const children = new Children();

/** `pulumi-language-nodejs`: starts Node programs for the engine. Code generation is left out. */
void serveGrpc(LanguageRuntimeService as unknown as grpc.ServiceDefinition, {
  handshake: unary((request: proto.LanguageHandshakeRequest) => {
    engineAddress = request.getEngineAddress() || engineAddress;
    return new proto.LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(() => {
    const info = new plugin.PluginInfo();
    info.setVersion(version);
    return info;
  }),
  getRequiredPackages: unary((request: proto.GetRequiredPackagesRequest) => {
    const response = new proto.GetRequiredPackagesResponse();
    response.setPackagesList(requiredPackages(request.getInfo()?.getProgramDirectory() ?? "."));
    return response;
  }),
  getProgramDependencies: unary((request: proto.GetProgramDependenciesRequest) => {
    const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
    const response = new proto.GetProgramDependenciesResponse();
    response.setDependenciesList(programDependencies(folder, request.getTransitivedependencies()));
    return response;
  }),
  about: unary(() => {
    const response = new proto.AboutResponse();
    response.setExecutable(process.execPath);
    response.setVersion(process.version);
    response.getMetadataMap().set("packagemanager", "npm");
    return response;
  }),
  run,
  runPlugin: streamed(
    children,
    pluginCommand,
    (exitCode) => {
      const response = new proto.RunPluginResponse();
      response.setExitcode(exitCode);
      return response;
    },
    proto.RunPluginResponse,
  ),
  installDependencies: streamed(children, installCommand, () => undefined, proto.InstallDependenciesResponse),
  runtimeOptionsPrompts: unary(() => new proto.RuntimeOptionsResponse()),
  template: unary(() => new proto.TemplateResponse()),
  cancel: unary(() => {
    children.interruptAll();
    return new Empty();
  }),
});

function run(
  call: grpc.ServerUnaryCall<proto.RunRequest, proto.RunResponse>,
  callback: grpc.sendUnaryData<proto.RunResponse>,
): void {
  const response = new proto.RunResponse();
  void runProgram(call)
    .catch((error: Error) => ({ error: error.message, bail: false }))
    .then(({ error, bail }) => {
      response.setError(error);
      response.setBail(bail);
      callback(null, response);
    });
}

async function runProgram(
  call: grpc.ServerUnaryCall<proto.RunRequest, proto.RunResponse>,
): Promise<{ error: string; bail: boolean }> {
  const { request } = call;
  if (request.getAttachDebugger()) {
    throw new Error(
      "--attach-debugger: the lab's language host cannot do it; set nodeargs: --inspect-brk in Pulumi.yaml",
    );
  }
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const runPath = resolveModule(process.env.PULUMI_LANGUAGE_NODEJS_RUN_PATH || "@pulumi/pulumi/cmd/run", folder);
  const command = programCommand(request, runPath, engineAddress, tracing);
  let outOfMemory = false;
  const ending = await children.run(
    process.execPath,
    command.args,
    { env: { ...process.env, ...command.env } },
    {
      stdout: (chunk) => process.stdout.write(chunk),
      stderr(chunk) {
        outOfMemory ||= chunk.includes("JavaScript heap out of memory");
        process.stderr.write(chunk);
      },
      start: (child) => call.on("cancelled", () => children.interrupt(child)),
    },
  );
  return programResult(ending, outOfMemory);
}
