import { messageOf } from "../../core/errors";
import { batchOverhead, sizeOfRecord, type WireRecord } from "./kafka/recordBatch";
import { originTime, toDeadLetter, toWireRecords, type Origin, type StageName } from "./outputs";
import type { DeviceRecord, SourceRecord, StageContext, StreamProcessor } from "./processor";
import type { Step } from "./readyQueue";

/** What turns records into steps: the stage's names and what the destination's brokers take. */
export interface StepMaker {
  name: StageName;
  /** Largest record batch of the destination, bytes. */
  maxMessageBytes: number;
}

/**
 * Runs the processor on one record. What it throws makes the record a dead letter; so do outputs that are too large or of a wrong type.
 * @throws what the processor threw when the lane was stopped meanwhile
 */
export async function processRecord(
  record: SourceRecord,
  next: bigint,
  processor: StreamProcessor,
  context: StageContext,
  maker: StepMaker,
): Promise<Step> {
  const origin: Origin = { ...record, timestamp: sensibleTime(record.timestamp) };
  const consumedMs = Math.max(0, Date.now() - record.timestamp);
  const started = performance.now();
  const counts = (): Counts => ({
    next,
    recordsIn: 1,
    bytesIn: (record.value?.length ?? 0) + (record.key?.length ?? 0),
    consumedMs,
    processedMs: performance.now() - started,
  });
  try {
    const outcome = processor.process(record, context);
    const outputs = outcome instanceof Promise ? await outcome : outcome;
    return makeStep(toWireRecords(outputs, origin, maker.name), record.value, origin, counts(), maker);
  } catch (error) {
    if (context.signal.aborted) throw error;
    return refuse(messageOf(error), record.value, origin, counts(), maker);
  }
}

/**
 * The step of a record that a device source yielded. `origin.coordinates` name the device. Outputs of a wrong type make a dead letter
 * here as well: the device would yield the same again for ever.
 */
export function deviceStep(record: DeviceRecord, coordinates: Origin["coordinates"], maker: StepMaker): Step {
  const origin: Origin = { coordinates, key: null, timestamp: sensibleTime(record.time ?? Date.now()), headers: {} };
  const counts: Counts = { next: record.next ?? record.position + 1n, recordsIn: 1, bytesIn: 0 };
  let outputs: WireRecord[];
  try {
    outputs = toWireRecords(record.outputs, origin, maker.name);
  } catch (error) {
    return refuse(messageOf(error), null, origin, counts, maker);
  }
  const bytesIn = outputs.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  return makeStep(outputs, null, origin, { ...counts, bytesIn }, maker);
}

/** A stretch of the source that held no records: only the position moves. */
export function emptyStep(next: bigint): Step {
  return { next, outputs: [], deadLetters: [], bytes: 0, deadLetterBytes: 0, recordsIn: 0, bytesIn: 0 };
}

type Counts = Pick<Step, "next" | "recordsIn" | "bytesIn" | "consumedMs" | "processedMs">;

function makeStep(outputs: WireRecord[], value: Buffer | null, origin: Origin, counts: Counts, maker: StepMaker): Step {
  let bytes = 0;
  for (const output of outputs) bytes += sizeOfRecord(output);
  if (bytes + batchOverhead > maker.maxMessageBytes) {
    const reason = `its ${outputs.length} outputs take ${bytes} bytes, more than the destination's brokers take at once (${maker.maxMessageBytes})`;
    return refuse(reason, value, origin, counts, maker);
  }
  return { ...counts, outputs, deadLetters: [], bytes, deadLetterBytes: 0, originTime: originTime(origin) };
}

function refuse(reason: string, value: Buffer | null, origin: Origin, counts: Counts, maker: StepMaker): Step {
  let letter = toDeadLetter(value, reason, origin, maker.name);
  if (sizeOfRecord(letter) + batchOverhead > maker.maxMessageBytes) {
    const without = `${reason}; the record itself (${value?.length ?? 0} bytes) is too large to be kept here`;
    letter = { ...toDeadLetter(null, without, { ...origin, headers: {} }, maker.name), key: null };
  }
  const bytes = sizeOfRecord(letter);
  return {
    ...counts,
    outputs: [],
    deadLetters: [letter],
    bytes,
    deadLetterBytes: bytes,
    originTime: originTime(origin),
  };
}

/** Brokers refuse records from the future (for ever, if tried again), and old producers know no time. */
function sensibleTime(timestamp: number): number {
  const now = Date.now();
  return timestamp >= 0 && timestamp <= now ? timestamp : now;
}
