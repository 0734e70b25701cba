import type * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { EngineLog } from "./engineLog";
import { Operations } from "./operations";
import type { CheckFailure, Provider, ResourceKind } from "./provider";
import { diffResponse } from "./diffResponse";
import { serveGrpc, unary } from "./serveGrpc";
import { decodeFields, encodeFields, type Fields } from "./values";

/** Serves a provider to the engine whose address is the process's last argument. */
export async function serveProvider(provider: Provider): Promise<void> {
  const engineAddress = process.argv
    .slice(2)
    .filter((argument) => !argument.startsWith("-"))
    .pop();
  const log = engineAddress === undefined ? undefined : new EngineLog(engineAddress);
  const operations = new Operations(log);
  const kindOf = (urn: string): ResourceKind => findKind(provider, urn);

  await serveGrpc(ResourceProviderService as unknown as grpc.ServiceDefinition, {
    handshake: unary(() => {
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(false);
      response.setAcceptOutputs(false);
      return response;
    }),
    getPluginInfo: unary(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
    getSchema: unary(() => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),
    checkConfig: unary((request: proto.CheckRequest) => checkResponse(fieldsOf(request.getNews()), [])),
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary(() => {
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
      const invoke = provider.invokes[request.getTok()];
      if (!invoke) throw unsupported(provider, `function ${request.getTok()}`);
      const result = await operations.run("", 0, (context) => invoke(fieldsOf(request.getArgs()), context));
      const response = new proto.InvokeResponse();
      response.setReturn(structOf(result));
      return response;
    }),
    check: unary((request: proto.CheckRequest) => {
      const { inputs, failures } = kindOf(request.getUrn()).check(fieldsOf(request.getNews()));
      return checkResponse(inputs, failures);
    }),
    diff: unary((request: proto.DiffRequest) => {
      const olds = fieldsOf(request.getOlds());
      const news = fieldsOf(request.getNews());
      for (const ignored of request.getIgnorechangesList()) {
        if (ignored in olds) news[ignored] = olds[ignored] ?? null;
      }
      return diffResponse(kindOf(request.getUrn()).diff(olds, news));
    }),
    create: unary((request: proto.CreateRequest) =>
      operations.run(request.getUrn(), request.getTimeout(), async (context) => {
        const created = await kindOf(request.getUrn()).create(
          {
            name: nameOf(request.getUrn()),
            inputs: fieldsOf(request.getProperties()),
            preview: request.getPreview(),
          },
          context,
        );
        const response = new proto.CreateResponse();
        response.setId(created.id);
        response.setProperties(structOf(created.outputs));
        return response;
      }),
    ),
    update: unary((request: proto.UpdateRequest) =>
      operations.run(request.getUrn(), request.getTimeout(), async (context) => {
        const kind = kindOf(request.getUrn());
        if (!kind.update) throw new Error(`Update is not implemented for resource ${request.getUrn()}`);
        const outputs = await kind.update(
          {
            id: request.getId(),
            olds: fieldsOf(request.getOlds()),
            news: fieldsOf(request.getNews()),
            preview: request.getPreview(),
          },
          context,
        );
        const response = new proto.UpdateResponse();
        response.setProperties(structOf(outputs));
        return response;
      }),
    ),
    read: unary((request: proto.ReadRequest) => {
      const inputs = fieldsOf(request.getInputs());
      const state = fieldsOf(request.getProperties());
      const found = kindOf(request.getUrn()).read?.({ id: request.getId(), inputs, state });
      const response = new proto.ReadResponse();
      response.setId(found?.id ?? request.getId());
      response.setInputs(structOf(found?.inputs ?? inputs));
      response.setProperties(structOf(found?.outputs ?? state));
      return response;
    }),
    delete: unary((request: proto.DeleteRequest) =>
      operations.run(request.getUrn(), request.getTimeout(), async (context) => {
        const state = fieldsOf(request.getProperties());
        await kindOf(request.getUrn()).delete?.({ id: request.getId(), state }, context);
        return new Empty();
      }),
    ),
    cancel: unary(() => {
      operations.cancelAll();
      return new Empty();
    }),
  });
}

function checkResponse(inputs: Fields, failures: readonly CheckFailure[]): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(structOf(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new proto.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function findKind(provider: Provider, urn: string): ResourceKind {
  const type = (urn.split("::")[2] ?? "").split("$").pop() ?? "";
  const kind = provider.resources[type];
  if (!kind) throw unsupported(provider, `resource type ${type}`);
  return kind;
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function unsupported(provider: Provider, what: string): Error {
  return new Error(
    `${what}: the lab's stand-in for the ${provider.name} provider does not have it; ` +
      `use one of ${[...Object.keys(provider.resources), ...Object.keys(provider.invokes)].join(", ")}, ` +
      `or install the official plugin ${provider.name} ${provider.version}`,
  );
}

function fieldsOf(struct: Struct | undefined): Fields {
  return struct === undefined ? {} : decodeFields(struct.toJavaScript());
}

function structOf(fields: Fields): Struct {
  return Struct.fromJavaScript(encodeFields(fields) as Record<string, JavaScriptValue>);
}
