import { randomUUID } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import type { AuditEnd } from "../auditCommand/renderSettings";

/** What has come out of a stream since the reader began. */
export interface Arrivals {
  records: number;
  bytes: number;
  /** Milliseconds between two records that came one after the other, at most; 0 before the second. */
  longestGapMs: number;
}

export interface ArrivalReader {
  /** What came since the last call (or the start); the gap that is open now counts. */
  take(): Arrivals;
  /** Ends, and removes its consumer group. */
  stop(): Promise<void>;
}

/**
 * Reads committed records of a stream from its end as it is now, and keeps time by this machine's clock: what a consumer of the
 * stream sees of a move or a fault. Records' own timestamps cannot tell, for a stage hands on those of its source.
 */
export async function readArrivals({ bootstrapServers, security, topic }: AuditEnd): Promise<ArrivalReader> {
  const kafka = new Kafka({
    clientId: "iotef-watch",
    brokers: [...bootstrapServers],
    logLevel: logLevel.NOTHING,
    // kafkajs gives TCP and TLS one second; where cores are all taken they need 0.7 s at rest, and more while pods start.
    connectionTimeout: 10_000,
    authenticationTimeout: 30_000,
    requestTimeout: 60_000,
    retry: { retries: 20, maxRetryTime: 1000 },
    ...(security === undefined
      ? {}
      : {
          ssl: { ca: security.ca },
          sasl: { mechanism: "scram-sha-512", username: security.username, password: security.password },
        }),
  });
  const groupId = `iotef-watch-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  let since = nothing();
  let last: number | undefined;
  const widen = (now: number): void => {
    if (last !== undefined) since.longestGapMs = Math.max(since.longestGapMs, now - last);
  };

  try {
    await consumer.connect();
    await consumer.subscribe({ topic });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 8,
      eachMessage: ({ message }) => {
        const now = performance.now();
        widen(now);
        last = now;
        since.records++;
        since.bytes += message.value?.length ?? 0;
        return Promise.resolve();
      },
    });
    await joined;
  } catch (error) {
    // A connection whose login was not answered stays open, and Node would not end.
    await consumer.disconnect();
    throw error;
  }
  return {
    take() {
      widen(performance.now());
      const taken = since;
      since = nothing();
      return taken;
    },
    async stop() {
      await consumer.disconnect();
      const admin = kafka.admin();
      try {
        await admin.connect();
        // The group empties with the consumer; one that is gone already needs no removal.
        await admin.deleteGroups([groupId]).catch(() => undefined);
      } finally {
        await admin.disconnect();
      }
    },
  };
}

function nothing(): Arrivals {
  return { records: 0, bytes: 0, longestGapMs: 0 };
}
