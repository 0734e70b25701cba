import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { LaneGroup } from "./laneGroup";
import { states, type State } from "./lifecycle";
import type { Commit } from "./session";

/** Seconds. */
const workBuckets = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const ageBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

/**
 * What a stage counts, and how its lane groups are when it is scraped: what stands still tells of nothing, so it must be asked.
 * Labels are lanes or lane groups; who runs it is the scraper's to add.
 */
export class StageMetrics {
  readonly registry = new Registry();
  private readonly recordsIn = this.counter("records_in_total", "Source records processed and committed", ["lane"]);
  private readonly recordsOut = this.counter("records_out_total", "Records committed to the destination", ["lane"]);
  private readonly bytesIn = this.counter("bytes_in_total", "Bytes of keys and values of committed source records", [
    "lane",
  ]);
  private readonly bytesOut = this.counter(
    "bytes_out_total",
    "Bytes of records committed to the destination, with headers; dead letters are not among them",
    ["lane"],
  );
  private readonly deadLetters = this.counter("dead_letters_total", "Records that became dead letters", ["lane"]);
  private readonly lost = this.counter("lost_records_total", "Records given up by acceptLoss", ["lane"]);
  private readonly rebuilds = this.counter("rebuilds_total", "Sessions given up after an error", ["group"]);
  private readonly fences = this.counter("fences_total", "Times that this replica stood down", ["group"]);
  private readonly state = new Gauge({
    name: "iotef_stage_lane_group_state",
    help: "1 for the state that the lane group is in",
    labelNames: ["group", "state"],
    registers: [this.registry],
    collect: () => this.lookAtStates(),
  });
  private readonly blocked = new Gauge({
    name: "iotef_stage_lane_blocked",
    help: "1 for a lane that stands still while its lane group runs; missing for others",
    labelNames: ["lane"],
    registers: [this.registry],
    collect: () => this.lookAtBlocked(),
  });
  private readonly lag = new Gauge({
    name: "iotef_stage_lag_records",
    help: "Offsets in the source behind the last commit; missing while the source is not read or does not answer",
    labelNames: ["lane"],
    registers: [this.registry],
    collect: () => this.lookAtLag(),
  });
  // The reference's Dce and Dcc, Dproc, Dp and Dpc (facts/reference.md), by the place that the scraper knows; then ours.
  private readonly consumed = this.histogram(
    "consume_seconds",
    "From a source record's timestamp to the start of its processing",
    ageBuckets,
  );
  private readonly processed = this.histogram("process_seconds", "Processing of one record", workBuckets);
  private readonly written = this.histogram(
    "produce_seconds",
    "From a transaction's first request until all in-sync replicas have its records",
    workBuckets,
  );
  private readonly transactions = this.histogram(
    "transaction_seconds",
    "From a transaction's first request to the answer that it is committed",
    workBuckets,
  );
  private readonly age = this.histogram(
    "age_seconds",
    "Age of records when committed, since they came into being",
    ageBuckets,
  );

  /** @param owners asked at each scrape: one of each lane group that this replica has */
  constructor(private readonly owners: () => Iterable<Pick<LaneGroup, "group" | "lifecycle" | "lag" | "blocked">>) {
    collectDefaultMetrics({ register: this.registry });
  }

  onCommit({ cut, durationMs, writtenMs }: Commit): void {
    const now = Date.now();
    this.transactions.observe(durationMs / 1000);
    this.written.observe(writtenMs / 1000);
    for (const { lane, steps } of cut.lanes) {
      let [recordsIn, recordsOut, bytesIn, bytesOut, letters] = [0, 0, 0, 0, 0];
      for (const step of steps) {
        recordsIn += step.recordsIn;
        recordsOut += step.outputs.length;
        bytesIn += step.bytesIn;
        bytesOut += step.bytes - step.deadLetterBytes;
        letters += step.deadLetters.length;
        if (step.originTime !== undefined) this.age.observe(Math.max(0, now - step.originTime) / 1000);
        if (step.consumedMs !== undefined) this.consumed.observe(step.consumedMs / 1000);
        if (step.processedMs !== undefined) this.processed.observe(step.processedMs / 1000);
      }
      this.recordsIn.inc({ lane }, recordsIn);
      this.recordsOut.inc({ lane }, recordsOut);
      this.bytesIn.inc({ lane }, bytesIn);
      this.bytesOut.inc({ lane }, bytesOut);
      this.deadLetters.inc({ lane }, letters);
    }
  }

  /** What should never happen counts from 0 on: of a counter that comes into being with its first event no rate shows that one. */
  onOwned(group: number, lanes: readonly number[]): void {
    for (const counter of [this.rebuilds, this.fences]) counter.inc({ group }, 0);
    for (const lane of lanes) for (const counter of [this.lost, this.deadLetters]) counter.inc({ lane }, 0);
  }

  onState(group: number, to: State): void {
    if (to === "rebuilding") this.rebuilds.inc({ group });
    if (to === "standing-down") this.fences.inc({ group });
  }

  onLoss(lane: number, records: bigint): void {
    this.lost.inc({ lane }, Number(records));
  }

  private lookAtStates(): void {
    this.state.reset();
    for (const { group, lifecycle } of this.owners())
      for (const state of states) this.state.set({ group, state }, state === lifecycle.state ? 1 : 0);
  }

  private lookAtBlocked(): void {
    this.blocked.reset();
    for (const owner of this.owners()) for (const lane of owner.blocked.keys()) this.blocked.set({ lane }, 1);
  }

  private lookAtLag(): void {
    this.lag.reset();
    for (const owner of this.owners()) for (const [lane, records] of owner.lag) this.lag.set({ lane }, records);
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: `iotef_stage_${name}`, help, buckets, registers: [this.registry] });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name: `iotef_stage_${name}`, help, labelNames, registers: [this.registry] });
  }
}
