import * as grpc from "@grpc/grpc-js";
import type { Children } from "./children";

/** What a streaming call starts. */
export interface StreamedCommand {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Printed before and after. */
  intro?: string;
  outro?: string;
}

interface StreamedResponse {
  setStdout(chunk: Uint8Array): unknown;
  setStderr(chunk: Uint8Array): unknown;
}

/** Answers a call by what a process prints. @param ended makes the last message of the exit code; none: a bad one is an error. */
export function streamed<Request, Response extends StreamedResponse>(
  children: Children,
  prepare: (request: Request) => StreamedCommand,
  ended: (exitCode: number) => Response | undefined,
  ResponseClass: new () => Response,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    const send = (stream: "setStdout" | "setStderr", chunk: Buffer) => {
      const response = new ResponseClass();
      response[stream](chunk);
      call.write(response);
    };
    const start = async (): Promise<void> => {
      const { command, args, cwd, env, intro, outro } = prepare(call.request);
      if (intro) send("setStdout", Buffer.from(intro));
      const { code } = await children.run(
        command,
        args,
        { cwd, env },
        {
          stdout: (chunk) => send("setStdout", chunk),
          stderr: (chunk) => send("setStderr", chunk),
          start: (child) => call.on("cancelled", () => children.interrupt(child)),
        },
      );
      const last = ended(code ?? -1);
      if (last) call.write(last);
      else if (code !== 0) throw new Error(`${command} ${args.join(" ")} in ${cwd}: exit status ${code}`);
      if (outro) send("setStdout", Buffer.from(outro));
      call.end();
    };
    start().catch((error: Error) =>
      call.emit("error", { code: grpc.status.UNKNOWN, details: error.message, message: error.message }),
    );
  };
}
