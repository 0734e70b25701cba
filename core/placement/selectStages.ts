import type { FederationPlan, StagePlan } from "./planPlacement";

export interface StageSelection {
  stage?: string;
  from?: string;
  to?: string;
}

/** A stage that reads a stream, so that its output can be compared with it. */
export type StreamStage = StagePlan & { from: NonNullable<StagePlan["from"]> };

/**
 * The stages between streams that fit a selection; without one, all of them.
 * @throws Error that names the choices when none fits
 */
export function selectStages({ stages }: FederationPlan, wanted: StageSelection): StreamStage[] {
  const between = stages.filter((stage): stage is StreamStage => stage.from !== undefined);
  const fitting = between.filter(
    ({ stage, from, to }) =>
      (wanted.stage ?? stage) === stage &&
      (wanted.from ?? from.stream) === from.stream &&
      (wanted.to ?? to.stream) === to.stream,
  );
  if (fitting.length > 0) return fitting;
  const known = between.map(({ stage, from, to }) => `--stage ${stage} --from ${from.stream} --to ${to.stream}`);
  throw new Error(
    `no stage fits ${JSON.stringify(wanted)}; there is ${known.join(", or ") || "no stage that reads a stream"}`,
  );
}
