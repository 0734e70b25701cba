import { messageOf } from "../../../core/errors";
import { createErrorFromCode } from "./internals";

/** A request to a broker that failed for good, or for longer than its deadline. Decide by the fields, never by the text. */
export class KafkaFailure extends Error {
  constructor(
    /** What was being done, for example `EndTxn`. */
    readonly during: string,
    /** Kafka's name of the error, or the class of a network error. */
    readonly type: string,
    /** Another owner has the transactional id (or the transaction timed out: the brokers do not tell the two apart). */
    readonly fenced: boolean,
    options: { cause: unknown },
  ) {
    super(`${during}: ${type}: ${describeFailure(options.cause)}`, options);
    this.name = "KafkaFailure";
  }
}

/**
 * What went wrong, and with which broker: a connection that is not made and an answer that does not come do not say so
 * themselves, and an address that brokers advertise may be one that nobody here has written down (facts/kafka.md B13).
 */
export function describeFailure(error: unknown): string {
  const text = messageOf(error);
  const { broker } = kindOf(error);
  return broker === undefined || text.includes(broker) ? text : `${text} (broker ${broker})`;
}

/** What the errors of kafkajs come down to. */
export interface FailureKind {
  type: string;
  /** The connection or the broker behind it is gone or does not answer; or a login failed, which may be for that reason. */
  network: boolean;
  fenced: boolean;
  /** `host:port` where the error names it. */
  broker?: string;
}

/** kafkajs' class for each error during a login: connections that break or time out, too, and not told apart from a refusal. */
export const loginError = "KafkaJSSASLAuthenticationError";

/** By class, or by Kafka's name of the error. */
const networkErrors = new Set([
  loginError,
  // A login was begun on this connection and not ended in time; the broker closes it now.
  "ILLEGAL_SASL_STATE",
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSRequestTimeoutError",
  "KafkaJSBrokerNotFound",
  "KafkaJSLockTimeout",
  "KafkaJSMetadataNotLoaded",
  "KafkaJSTopicMetadataNotLoaded",
]);
/** Errors of newer answers, which kafkajs' table does not know. */
const newerErrors: Readonly<Record<number, string>> = {
  90: "PRODUCER_FENCED",
  100: "UNKNOWN_TOPIC_ID",
  103: "INCONSISTENT_TOPIC_ID",
};
const fencedErrors = new Set(["INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED"]);

/** The error that a code in an answer stands for. */
export function errorOfCode(code: number): Error {
  const type = newerErrors[code];
  return type === undefined ? createErrorFromCode(code) : Object.assign(new Error(type), { type });
}

/** Looks through kafkajs' wrappers (`KafkaJSNumberOfRetriesExceeded`, `KafkaJSNonRetriableError`) at the cause. */
export function kindOf(error: unknown): FailureKind {
  // Of a processor, anything may come.
  const seen = (error ?? {}) as KafkajsError;
  if (seen instanceof KafkaFailure) return { type: seen.type, network: false, fenced: seen.fenced };
  const inner = seen.cause ?? seen.originalError;
  if (/^KafkaJSN(umberOfRetriesExceeded|onRetriableError)$/.test(seen.name) && inner && inner !== seen)
    return kindOf(inner);
  const type = seen.type ?? seen.name ?? "unknown";
  const broker = seen.broker ?? (seen.host === undefined ? undefined : `${seen.host}:${seen.port}`);
  return {
    type,
    network: networkErrors.has(seen.name) || networkErrors.has(type) || isOfSystem(seen.code),
    fenced: fencedErrors.has(type),
    broker,
  };
}

/**
 * Names like ECONNRESET come from the system. Those of Node itself, like ERR_OUT_OF_RANGE, tell of a fault that another try meets again,
 * but for those of a connection that ended meanwhile.
 */
function isOfSystem(code: number | string | undefined): boolean {
  return typeof code === "string" && (!code.startsWith("ERR_") || /^ERR_(STREAM|SOCKET|TLS|SSL)_/.test(code));
}

interface KafkajsError extends Error {
  type?: string;
  code?: number | string;
  broker?: string;
  host?: string;
  port?: number;
  originalError?: Error;
  cause?: Error;
}
