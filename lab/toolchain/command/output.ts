import { StringDecoder } from "node:string_decoder";
import type { OperationContext } from "../provider/provider";

export type Logging = "none" | "stdout" | "stderr" | "stdoutAndStderr";

/** Collects what a command prints and shows it line by line where `logging` says so. */
export class CommandOutput {
  private readonly chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
  private readonly decoder = new StringDecoder("utf8");
  private line = "";

  /** @param logging what is shown; the outputs hold all of it in any case. @default "stdoutAndStderr" */
  constructor(
    private readonly logging: Logging | undefined,
    private readonly context: Pick<OperationContext, "status">,
  ) {}

  add(source: "stdout" | "stderr", chunk: Buffer): void {
    this.chunks[source].push(chunk);
    this.chunks.both.push(chunk);
    const shown = this.logging ?? "stdoutAndStderr";
    if (shown !== source && shown !== "stdoutAndStderr") return;
    const lines = (this.line + this.decoder.write(chunk)).split("\n");
    this.line = lines.pop() ?? "";
    for (const line of lines) this.context.status("info", line.replace(/\r$/, ""));
  }

  /** Shows a last line that had no newline. */
  end(): void {
    if (this.line !== "") this.context.status("info", this.line);
    this.line = "";
  }

  /** One stream without its last newline, as the resource's output. */
  text(source: "stdout" | "stderr"): string {
    return Buffer.concat(this.chunks[source]).toString().replace(/\n$/, "");
  }

  /** Both streams in the order they arrived, for the error. */
  everything(): string {
    return Buffer.concat(this.chunks.both).toString();
  }
}
