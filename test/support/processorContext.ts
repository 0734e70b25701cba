import type { StageContext } from "../../workloads/stage/processor";

/** A stage's context as the runtime gives it to a processor, with what was logged and the switch that stops the lane. */
export interface TestContext<Options> {
  context: StageContext<Options>;
  logged: { fields: object; message: string }[];
  stop(): void;
}

/** @param options as the processor's schema parsed them */
export function processorContext<Options>(options: Options): TestContext<Options> {
  const logged: { fields: object; message: string }[] = [];
  const note = (fields: object, message: string): void => void logged.push({ fields, message });
  const stopper = new AbortController();
  const context = {
    pipeline: "iotef",
    stage: "test",
    process: "test",
    place: "edge",
    options,
    log: { info: note, warn: note },
    signal: stopper.signal,
  };
  return { context, logged, stop: () => stopper.abort() };
}
