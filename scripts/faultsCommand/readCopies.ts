import { stageHttpPort } from "../../core/contract/stageConfig";
import { sumOf } from "../labCommand/stageRates";
import type { ApiClient } from "./apiClient";

/** A running copy of a stage and what it does. */
export interface CopyState {
  pod: string;
  host: string;
  /** Lane groups that it runs. */
  groups: number[];
  /** Sessions given up after an error, and times that it stood down, since it started. */
  rebuilds: number;
  standDowns: number;
}

interface PodList {
  items: { metadata: { name: string; deletionTimestamp?: string }; spec: { nodeName: string } }[];
}

/** The copies of a stage that answer; one on a dead host does not. */
export async function readCopies(api: ApiClient, stage: string): Promise<CopyState[]> {
  const selector = `labelSelector=app.kubernetes.io/component=stage,app.kubernetes.io/name=${stage}`;
  const text = await api.getFromAny(`/api/v1/namespaces/iotef/pods?${selector}&fieldSelector=status.phase=Running`);
  const { items } = JSON.parse(text) as PodList;
  const copies = await Promise.all(
    items.map(async ({ metadata: { name }, spec }) => {
      const path = `/api/v1/namespaces/iotef/pods/${name}:${stageHttpPort}/proxy/metrics`;
      return api.getFromAny(path, 5000).then(
        (metrics) => [parseCopy(name, spec.nodeName, metrics)],
        () => [],
      );
    }),
  );
  return copies.flat();
}

/** Reads a copy's metrics. Pure. */
export function parseCopy(pod: string, host: string, metrics: string): CopyState {
  const running = /^iotef_stage_lane_group_state\{(?=[^}]*state="running")[^}]*group="(\d+)"[^}]*\} 1$/gm;
  return {
    pod,
    host,
    groups: [...metrics.matchAll(running)].map(([, group]) => Number(group)).sort((a, b) => a - b),
    rebuilds: sumOf(metrics, "iotef_stage_rebuilds_total"),
    standDowns: sumOf(metrics, "iotef_stage_fences_total"),
  };
}
