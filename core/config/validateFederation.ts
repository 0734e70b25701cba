import type { Problem } from "../errors";
import { clusterOfPlacement } from "../placement/placement";
import type { FederationConfig } from "./schema";

/** Rules of a federation stack that look at more than one key. Returns every problem. */
export function validateFederation(config: FederationConfig): Problem[] {
  return [...streamClusters(config), ...stageStreams(config), ...placements(config)];
}

function streamClusters({ streams, clusters }: FederationConfig): Problem[] {
  return Object.entries(streams)
    .filter(([, stream]) => !Object.hasOwn(clusters, stream.cluster))
    .map(([name, stream]) => ({
      path: `iotef:streams.${name}.cluster`,
      value: stream.cluster,
      message: `is not a cluster; use ${oneOf(clusters)}`,
    }));
}

function stageStreams({ stages, streams }: FederationConfig): Problem[] {
  return Object.entries(stages).flatMap(([name, stage]) => {
    const problems: Problem[] = [];
    for (const end of ["from", "to"] as const) {
      const stream = stage[end];
      if (stream !== undefined && !Object.hasOwn(streams, stream)) {
        problems.push({
          path: `iotef:stages.${name}.${end}`,
          value: stream,
          message: `is not a stream; use ${oneOf(streams)}`,
        });
      }
    }
    const source = stage.from === undefined ? undefined : streams[stage.from];
    const destination = streams[stage.to];
    if (stage.from === stage.to) {
      problems.push({
        path: `iotef:stages.${name}.to`,
        value: stage.to,
        message: "is also what the stage reads; use another stream",
      });
    } else if (source && destination && destination.partitions < source.partitions) {
      problems.push({
        path: `iotef:streams.${stage.to}.partitions`,
        value: destination.partitions,
        message: `is fewer than the ${source.partitions} of ${stage.from}, which stage ${name} reads; every lane needs a partition of its own`,
      });
    }
    const writers = Object.keys(stages).filter((other) => stages[other]!.to === stage.to);
    if (writers.length > 1 && writers[0] !== name) {
      problems.push({
        path: `iotef:stages.${name}.to`,
        value: stage.to,
        message: `is written by stage ${writers[0]} too; a partition has one writer, use another stream`,
      });
    }
    return problems;
  });
}

function placements({ placement, stages, clusters }: FederationConfig): Problem[] {
  const unknownStages = Object.keys(placement)
    .filter((stage) => !Object.hasOwn(stages, stage))
    .map((stage) => ({
      path: `iotef:placement.${stage}`,
      message: `places a stage that does not exist; use ${oneOf(stages)}`,
    }));
  const unplaced = Object.keys(stages)
    .filter((stage) => !Object.hasOwn(placement, stage))
    .map((stage) => ({
      path: `iotef:placement.${stage}`,
      message: `is missing: stage ${stage} has no place; use ${oneOf(clusters)}`,
    }));
  const unknownClusters = Object.entries(placement)
    .filter(([, spec]) => !Object.hasOwn(clusters, clusterOfPlacement(spec)))
    .map(([stage, spec]) => ({
      path: typeof spec === "string" ? `iotef:placement.${stage}` : `iotef:placement.${stage}.cluster`,
      value: clusterOfPlacement(spec),
      message: `is not a cluster; use ${oneOf(clusters)}`,
    }));
  return [...unknownStages, ...unplaced, ...unknownClusters];
}

function oneOf(record: Record<string, unknown>): string {
  const names = Object.keys(record).sort();
  return names.length === 0 ? "one after adding it" : names.join(" or ");
}
