import { setTimeout as pause } from "node:timers/promises";
import { performance } from "node:perf_hooks";
import type { LocalKafka } from "../support/localKafka";
import type { CpuReading } from "./cpu";
import type { Progress } from "./figures";

export interface DrainWatch {
  kafka: LocalKafka;
  topic: string;
  /** The destination holds at least so many offsets at the end; markers of transactions take some too. */
  records: number;
  readCpu: () => CpuReading;
  /** Throws when waiting is in vain. */
  check: () => void;
  signal: AbortSignal;
}

const everyMs = 40;
/** It is over when nothing has been added for so long. */
const settledMs = 2000;
/** A contender that adds nothing for so long is stuck: a Java one needs its time to start. */
const stuckMs = 120_000;

/**
 * How a backlog arrives, seen from the ends of the destination's committed offsets: a reader of every record would take CPU
 * time from the contender on a small machine.
 */
export async function watchDrain({
  kafka,
  topic,
  records,
  readCpu,
  check,
  signal,
}: DrainWatch): Promise<readonly Progress[]> {
  const growth: Progress[] = [];
  return kafka.withAdmin(async (admin) => {
    let since = performance.now();
    for (;;) {
      // `high` is the last stable offset: kafkajs asks as a reader of what is committed.
      const ends = await admin.fetchTopicOffsets(topic);
      const offsets = ends.reduce((sum, { high }) => sum + Number(high), 0);
      const now = performance.now();
      if (offsets > (growth.at(-1)?.offsets ?? 0)) {
        growth.push({ at: now, offsets, cpu: readCpu() });
        since = now;
      } else if (offsets >= records && now - since > settledMs) return growth;
      else if (now - since > stuckMs)
        throw new Error(`${topic}: stands at ${offsets} of ${records} records for ${stuckMs / 1000} s`);
      check();
      await pause(everyMs, undefined, { signal });
    }
  });
}
