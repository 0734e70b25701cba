import { sourceKey, type Positions } from "../checkpoint";
import type { DeviceSource, StageContext } from "../processor";
import { deviceStep, type StepMaker } from "../steps";
import type { Deliver, LaneSource } from "./laneSource";

/** Stands in the coordinates where a stream has its cluster id. */
export const deviceClusterId = "device";
const reopenPauseMs = 1000;

/** Lanes of a device: each an iterator of the processor's module, opened at the checkpoint's position. */
export class DeviceLanes implements LaneSource {
  readonly key: string;

  constructor(
    private readonly device: DeviceSource,
    private readonly context: Omit<StageContext, "signal">,
    private readonly maker: StepMaker,
  ) {
    this.key = sourceKey({ clusterId: deviceClusterId, topic: context.stage });
  }

  /** Nothing: a device may have room for one reader, and the one before may still be there. */
  prepare(): void {}

  async startPositions(lanes: readonly number[], stored: Positions): Promise<Positions> {
    return new Map(lanes.map((lane) => [lane, stored.get(lane) ?? 0n]));
  }

  async run(start: Positions, deliver: Deliver, signal: AbortSignal): Promise<void> {
    await Promise.all([...start].map(([lane, position]) => this.runLane(lane, position, deliver, signal)));
  }

  lag(): undefined {
    return undefined;
  }

  async close(): Promise<void> {}

  private async runLane(lane: number, position: bigint, deliver: Deliver, signal: AbortSignal): Promise<void> {
    let at = position;
    while (!signal.aborted) {
      try {
        at = await this.readFrom(lane, at, deliver, signal);
        this.context.log.info({ lane, position: String(at) }, "the device has no more");
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PositionError) throw error;
        this.context.log.warn(
          { lane, position: String(at), error: String(error) },
          "the device failed; opening it again",
        );
        await pause(reopenPauseMs, signal);
        at = this.delivered.get(lane) ?? at;
      }
    }
  }

  private readonly delivered = new Map<number, bigint>();

  private async readFrom(lane: number, position: bigint, deliver: Deliver, signal: AbortSignal): Promise<bigint> {
    let at = position;
    for await (const record of this.device.open(lane, position, { ...this.context, signal })) {
      if (signal.aborted) break;
      if (record.position < at) throw new PositionError(lane, record.position, at);
      const coordinates = {
        clusterId: deviceClusterId,
        topic: this.context.stage,
        partition: lane,
        offset: record.position,
      };
      const step = deviceStep(record, coordinates, this.maker);
      at = step.next;
      this.delivered.set(lane, at);
      await deliver(lane, step);
    }
    return at;
  }
}

/** A fault of the processor's module that reading again cannot mend. */
class PositionError extends Error {
  constructor(lane: number, position: bigint, expected: bigint) {
    super(
      `lane ${lane}: the device yielded position ${position} where ${expected} or more was due; positions must grow`,
    );
    this.name = "PositionError";
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
