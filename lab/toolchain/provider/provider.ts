import type { Changes } from "./diff";
import type { Fields } from "./values";

export type Severity = "debug" | "info" | "warning" | "error";

/** What an operation may use of the outside world. */
export interface OperationContext {
  /** Shows a line beside the resource; it is replaced by the next one and not kept. */
  status(severity: Severity, message: string): void;
  /** Prints a diagnostic that stays in the log of the run. */
  log(severity: Severity, message: string): void;
  /** Aborted when the engine cancels or the resource's custom timeout is over. */
  signal: AbortSignal;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

/** One resource type of a provider. Methods get decoded values, secrets still wrapped. */
export interface ResourceKind {
  /** Fills defaults and reports bad inputs; nothing is acted on. */
  check(news: Fields): { inputs: Fields; failures: CheckFailure[] };
  diff(olds: Fields, news: Fields): { changed: boolean; changes: Changes };
  create(
    request: { name: string; inputs: Fields; preview: boolean },
    context: OperationContext,
  ): Promise<{ id: string; outputs: Fields }>;
  /** Absent: every change is a replacement. */
  update?(
    request: { id: string; olds: Fields; news: Fields; preview: boolean },
    context: OperationContext,
  ): Promise<Fields>;
  /** Absent: the state is returned as it is, and the resource cannot be imported. */
  read?(request: { id: string; inputs: Fields; state: Fields }): {
    id: string;
    inputs: Fields;
    outputs: Fields;
  };
  delete?(request: { id: string; state: Fields }, context: OperationContext): Promise<void>;
}

export type Invoke = (args: Fields, context: OperationContext) => Promise<Fields>;

export interface Provider {
  name: string;
  version: string;
  /** By type token, e.g. `command:local:Command`. */
  resources: Record<string, ResourceKind>;
  invokes: Record<string, Invoke>;
}
