import type { Connection } from "./internals";

/** By so much limits grow at the most: a request's own is 40 s then. Less for a broker that may be frozen, for which to wait is in vain. */
const most = { slow: 8, silent: 2 };
/** A broker that has kept the limits as they were set for so long is no slow one any more. */
const forgiveMs = 60_000;
/**
 * Kafka's keys of requests with the limits as they were set, which teach nothing: Metadata and FindCoordinator can be answered by any
 * broker, and JoinGroup and SyncGroup wait for other members.
 */
const fixedKeys = new Set([3, 10, 11, 14]);

interface Known {
  factor: number;
  /** It has answered later than the limits as they were set: it is slow, and not frozen. */
  answered: boolean;
  lastSlow: number;
}

/** By `host:port`, where limits have grown. For all clients of the process: they are made anew after failures. */
const slow = new Map<string, Known>();

/** The limits of a broker are as many times as long as they were set. @default 1 */
export function patienceWith(broker: string): number {
  return knownOf(broker)?.factor ?? 1;
}

/**
 * Gives a broker that did not answer in time twice as long the next time, to connect and for each request. With fixed limits one
 * that is always a little slower would never serve a lane: each try is given up just before its answer, and begins with a new
 * connection and a new login, which make the broker slower still.
 */
export function waitAsLongAsItTakes(connection: Connection): void {
  const broker = `${connection.host}:${connection.port}`;
  const { connectionTimeout, requestQueue } = connection;
  const { requestTimeout } = requestQueue;
  const connect = connection.connect.bind(connection);
  const send = connection.send.bind(connection);

  connection.connect = () => {
    connection.connectionTimeout = connectionTimeout * patienceWith(broker);
    return learn(broker, connectionTimeout, connect);
  };
  connection.send = (protocol) => {
    if (fixedKeys.has(protocol.request.apiKey)) {
      requestQueue.requestTimeout = requestTimeout;
      return send(protocol);
    }
    requestQueue.requestTimeout = requestTimeout * patienceWith(broker);
    return learn(broker, requestTimeout, () => send(protocol));
  };
}

async function learn<Answer>(broker: string, limitMs: number, ask: () => Promise<Answer>): Promise<Answer> {
  const started = performance.now();
  const factor = patienceWith(broker);
  const end = (answered: boolean) => {
    const took = performance.now() - started;
    if (took < limitMs) return;
    const known = knownOf(broker);
    const isSlow = answered || (known?.answered ?? false);
    const wanted =
      answered || took < limitMs * factor ? factor : Math.min(isSlow ? most.slow : most.silent, factor * 2);
    // Never less than another request has found out meanwhile.
    slow.set(broker, { factor: Math.max(wanted, known?.factor ?? 1), answered: isSlow, lastSlow: performance.now() });
  };
  try {
    const answer = await ask();
    end(true);
    return answer;
  } catch (error) {
    end(false);
    throw error;
  }
}

function knownOf(broker: string): Known | undefined {
  const known = slow.get(broker);
  return known !== undefined && performance.now() - known.lastSlow < forgiveMs ? known : undefined;
}
