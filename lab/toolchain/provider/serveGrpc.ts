import * as grpc from "@grpc/grpc-js";

export type Unary = (request: never) => unknown;

/**
 * Serves one gRPC service on a free port of 127.0.0.1 and prints the port on stdout, as the engine expects of a plugin.
 * The process ends with the engine: a plugin without one is of no use and would otherwise stay for ever.
 */
export async function serveGrpc(
  service: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
): Promise<void> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(service, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  process.stdout.write(`${port}\n`);
  exitWithParent();
}

/** Turns a function of the request into a gRPC handler; a thrown error becomes the status message. */
export function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toStatus(error)),
      );
  };
}

function toStatus(error: unknown): grpc.ServiceError {
  const cause = error as Partial<grpc.ServiceError>;
  return {
    name: "Error",
    message: cause.message ?? String(error),
    details: cause.message ?? String(error),
    code: cause.code ?? grpc.status.UNKNOWN,
    metadata: new grpc.Metadata(),
  };
}

function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 2000).unref();
}
