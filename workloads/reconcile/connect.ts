import { Admin, type Connection } from "@platformatic/kafka";
import { messageOf } from "../../core/errors";
import type { LoadedJob } from "./readJob";

const patience = { timeout: 30_000, connectTimeout: 10_000, retries: 5, retryDelay: 1000 };

/** A client with all rights: by the operator's certificate where there is one, else by SCRAM. */
export function connectAsOperator({ bootstrapServers, brokerServers, ca, credentials }: LoadedJob): Admin {
  if (credentials.kind === "certificate") {
    return new Admin({
      ...patience,
      clientId: "iotef-reconcile",
      bootstrapBrokers: brokerServers ?? [],
      tls: { ca, cert: credentials.pem, key: credentials.pem },
    });
  }
  const { username, password } = credentials;
  return new Admin({
    ...patience,
    clientId: "iotef-reconcile",
    bootstrapBrokers: bootstrapServers,
    tls: { ca },
    sasl: { mechanism: "SCRAM-SHA-512", username, password },
  });
}

/**
 * Does the user get in with this password? The only way to compare, as brokers never give a credential out.
 * @throws Error when no broker can be asked
 */
export async function canLogIn(job: LoadedJob, username: string): Promise<boolean> {
  const client = new Admin({
    ...patience,
    retries: 0,
    clientId: "iotef-reconcile-login",
    bootstrapBrokers: job.bootstrapServers,
    tls: { ca: job.ca },
    sasl: { mechanism: "SCRAM-SHA-512", username, password: job.passwords.get(username) ?? "" },
  });
  try {
    await client.metadata({ topics: [] });
    return true;
  } catch (error) {
    if (isRefusedLogin(error)) return false;
    throw new Error(`login of user ${username}: ${describeError(error)}`);
  } finally {
    await client.close();
  }
}

/**
 * To the first broker that answers, which hands requests for the controller on. One by one: asked for all, the client fails where
 * one is dead.
 * @throws Error when none answers
 */
export async function anyConnection(admin: Admin): Promise<Connection> {
  const { brokers } = await admin.metadata({ topics: [] });
  const failures: unknown[] = [];
  for (const id of brokers.keys()) {
    try {
      const [connection] = (await admin.connectToBrokers([id])).values();
      if (connection !== undefined) return connection;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new Error(`no broker answers: ${[...new Set(failures.map(describeError))].join("; ")}`);
}

function isRefusedLogin(error: unknown): boolean {
  const { code, errors, cause, apiId } = error as Record<string, unknown>;
  if (code === "PLT_KFK_AUTHENTICATION" || apiId === "SASL_AUTHENTICATION_FAILED") return true;
  return [...(Array.isArray(errors) ? errors : []), ...(cause === undefined ? [] : [cause])].some(isRefusedLogin);
}

/** The innermost reasons of the client's nested errors, without repetition. */
export function describeError(error: unknown): string {
  const nested = (error as { errors?: unknown[] }).errors;
  if (!Array.isArray(nested) || nested.length === 0) return messageOf(error);
  return [...new Set(nested.map(describeError))].join("; ");
}
