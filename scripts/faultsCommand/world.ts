import type { ClusterConfig } from "../../core/config";
import type { ClusterOutputs } from "../../core/contract/outputs";
import { planPlacement } from "../../core/placement/planPlacement";
import { selectStages, type StreamStage } from "../../core/placement/selectStages";
import { LabError } from "../../lab/labError";
import { Rack } from "../../lab/rack";
import type { RunningRack } from "../../lab/runningRack";
import { findJava } from "../auditCommand/findJava";
import { readOutputs } from "../auditCommand/readOutputs";
import { auditEnd } from "../auditCommand/renderSettings";
import type { JavaPlace } from "../auditCommand/runAudit";
import { openSession, type LabSession } from "../labCommand/session";
import { findPulumi } from "../pulumiCommand/findPulumi";
import { ApiClient } from "./apiClient";
import { readArrivals, type ArrivalLog } from "./readArrivals";

export interface ClusterView {
  config: ClusterConfig;
  outputs: ClusterOutputs;
  api: ApiClient;
  /** All its hosts. */
  hosts: string[];
}

/** The lab that faults happen in, and what is watched meanwhile. */
export interface World {
  session: LabSession;
  rack: RunningRack;
  clusters: ReadonlyMap<string, ClusterView>;
  /** Prefix of the pipeline's names. */
  pipeline: string;
  /** Stages that are audited. */
  stages: readonly StreamStage[];
  /** Stream that the pipeline's devices fill, and the one where it ends. */
  input: string;
  output: string;
  arrivals: ArrivalLog;
  java: JavaPlace;
  /** Ends what stands in the way of a clean end: a person wants to stop. */
  signal: AbortSignal;
  log: (line: string) => void;
}

/** @throws LabError where no lab is up, or it has no pipeline */
export async function openWorld(signal: AbortSignal): Promise<World> {
  const session = openSession();
  const { log } = session;
  const rack = Rack.attach(session.inventory, log);
  const federation = Object.values(session.stacks.federations)[0];
  if (federation === undefined)
    throw new LabError("no stack file has iotef:role federation: there is no pipeline to watch");
  const stages = selectStages(planPlacement(federation), {});
  const pulumi = findPulumi(session.project);
  const views = Object.values(session.stacks.clusters).map(async (config): Promise<ClusterView> => {
    const outputs = await readOutputs(pulumi, federation.clusters[config.name]!);
    return { config, outputs, api: new ApiClient(outputs), hosts: Object.keys(config.hosts) };
  });
  const clusters = new Map((await Promise.all(views)).map((view) => [view.config.name, view]));
  const java = await findJava(log);
  const outputsOf = new Set(stages.map(({ to }) => to.stream));
  const inputsOf = new Set(stages.map(({ from }) => from.stream));
  const first = stages.find(({ from }) => !outputsOf.has(from.stream))!;
  const last = stages.find(({ to }) => !inputsOf.has(to.stream))!;
  const end = ({ cluster, topic }: StreamStage["to"]) => auditEnd(clusters.get(cluster)!.outputs, topic);
  const [input, output] = [first.from.stream, last.to.stream];
  const arrivals = await readArrivals(java, { [input]: end(first.from), [output]: end(last.to) });
  return { session, rack, clusters, pipeline: federation.pipeline, stages, input, output, arrivals, java, signal, log };
}

/** @throws LabError that names the stages there are */
export function stageNamed({ stages }: Pick<World, "stages">, name: string): StreamStage {
  const found = stages.find(({ stage }) => stage === name);
  if (found === undefined)
    throw new LabError(
      `"${name}" is not a stage that reads a stream; use ${stages.map(({ stage }) => stage).join(" or ")}`,
    );
  return found;
}

/** @throws LabError that names the clusters there are */
export function clusterNamed({ clusters }: Pick<World, "clusters">, name: string): ClusterView {
  const found = clusters.get(name);
  if (found === undefined) throw new LabError(`"${name}" is not a cluster; use ${[...clusters.keys()].join(" or ")}`);
  return found;
}
