import type { ChildProcess } from "node:child_process";

/** Text as Go's `%q` prints it: the official plugin quotes the command so in its errors. */
export function goQuote(text: string): string {
  const escapes: Record<string, string> = {
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
  };
  const body = [...text].map((character) => {
    const escaped = escapes[character];
    if (escaped) return escaped;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
    if (/\p{C}|(?! )\p{Z}/u.test(character)) {
      return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    }
    return character;
  });
  return `"${body.join("")}"`;
}

const SIGNAL_TEXT: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGTERM: "terminated",
};

/** How a local process ended, in Go's words; undefined for success. */
export function exitText(code: number | null, signal: ChildProcess["signalCode"]): string | undefined {
  if (signal) return `signal: ${SIGNAL_TEXT[signal] ?? signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}

/** The error of a command that ran and failed: cause, command, all it printed. */
export function commandError(cause: string, command: string, output: string): Error {
  return new Error(`${cause}: running ${goQuote(command)}:\n${output}`);
}
