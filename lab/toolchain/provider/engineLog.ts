import * as grpc from "@grpc/grpc-js";
import * as engineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import type { Severity } from "./provider";

const SEVERITIES: Record<Severity, engine.LogSeverity> = {
  debug: engine.LogSeverity.DEBUG,
  info: engine.LogSeverity.INFO,
  warning: engine.LogSeverity.WARNING,
  error: engine.LogSeverity.ERROR,
};

/** Sends messages to the engine, in order, under the resource they belong to. */
export class EngineLog {
  private readonly client: engineService.EngineClient;
  private sent: Promise<void> = Promise.resolve();

  constructor(address: string) {
    this.client = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  }

  /** @param ephemeral shown beside the resource until the next message, not kept. */
  send(urn: string, severity: Severity, message: string, ephemeral: boolean): void {
    const request = new engine.LogRequest();
    request.setUrn(urn);
    request.setSeverity(SEVERITIES[severity]);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // A lost log line must not fail an operation on a host, so errors end here.
    this.sent = this.sent.then(() => new Promise((resolve) => this.client.log(request, () => resolve())));
  }

  /** Resolves when every message sent so far has reached the engine. */
  flush(): Promise<void> {
    return this.sent;
  }
}
