import type { CheckFailure } from "../provider/provider";
import { isFields, reveal, Secret, UNKNOWN, type Fields, type Value } from "../provider/values";

/** Where and how to log in. Times are seconds. */
export interface Endpoint {
  host: string;
  /** @default 22 */
  port: number;
  /** @default "root" */
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  /** @default the socket that SSH_AUTH_SOCK names, if any */
  agentSocketPath?: string;
  /** The only host key that is accepted, as in an authorized_keys file. @default any key is */
  hostKey?: string;
  /** Failed attempts that are allowed before the last error counts; -1 is no limit. @default 10 */
  dialErrorLimit: number;
  /** Limit of one attempt; 0 is none. @default 15 */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  /** A host to go through. */
  proxy?: Endpoint;
}

/** Defaults of the official schema (pulumi-command 1.2.1, remote/connection.go). */
const DEFAULTS = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };

/** Fills the defaults of a connection input and wraps all of it as a secret. */
export function checkConnection(input: Value | undefined, failures: CheckFailure[]): Value | undefined {
  const connection = reveal(input);
  if (connection === UNKNOWN) return new Secret(UNKNOWN);
  if (!isFields(connection)) {
    failures.push({ property: "connection", reason: "Missing required field 'connection'" });
    return input;
  }
  for (const [path, endpoint] of [
    ["connection", connection],
    ["connection.proxy", connection.proxy],
  ] as const) {
    if (isFields(endpoint) && (endpoint.host === undefined || endpoint.host === null)) {
      failures.push({ property: `${path}.host`, reason: `Missing required field 'host' on '${path}'` });
    }
  }
  return new Secret(complete(connection));
}

/** Reads a checked connection back from inputs or state. */
export function readConnection(value: Value | undefined): Connection {
  const connection = reveal(value);
  if (!isFields(connection)) throw new Error("connection: not known when the command ran");
  return complete(connection) as unknown as Connection;
}

function complete(connection: Fields): Fields {
  const filled = withDefaults(connection);
  return isFields(filled.proxy) ? { ...filled, proxy: withDefaults(filled.proxy) } : filled;
}

function withDefaults(endpoint: Fields): Fields {
  const given = Object.entries(endpoint).filter(([, value]) => value !== null && value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
