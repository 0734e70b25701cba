import { stageHttpPort } from "../../core/contract/stageConfig";
import type { Kubectl } from "./kubectl";

/** A running copy of a stage. */
export interface StageCopy {
  /** When it was asked, milliseconds; a busy API server takes its time, and rates must not be taken over a nominal one. */
  at: number;
  stage: string;
  cluster: string;
  host: string;
  pod: string;
  ready: boolean;
  /** Sums over its lanes since it started; undefined where it does not answer. */
  recordsIn?: number;
  recordsOut?: number;
}

/** Every copy of every stage on a cluster with what it has counted; asked through the API server, so from anywhere. */
export async function readStageCopies(kubectl: Kubectl, cluster: string): Promise<StageCopy[]> {
  const text = await kubectl([
    "-n",
    "iotef",
    "get",
    "pods",
    "-l",
    "app.kubernetes.io/component=stage",
    "--field-selector",
    "status.phase=Running",
    "-o",
    "json",
  ]);
  const { items } = JSON.parse(text) as PodList;
  return Promise.all(
    items.map(async ({ metadata, spec, status }): Promise<StageCopy> => {
      const ready = status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;
      const counts = await readCounts(kubectl, metadata.name).catch(() => ({}));
      const stage = metadata.labels["app.kubernetes.io/name"] ?? metadata.name;
      return {
        at: performance.now(),
        stage,
        cluster,
        host: spec.nodeName ?? "-",
        pod: metadata.name,
        ready,
        ...counts,
      };
    }),
  );
}

async function readCounts(kubectl: Kubectl, pod: string): Promise<{ recordsIn: number; recordsOut: number }> {
  const text = await kubectl(["get", "--raw", `/api/v1/namespaces/iotef/pods/${pod}:${stageHttpPort}/proxy/metrics`]);
  return {
    recordsIn: sumOf(text, "iotef_stage_records_in_total"),
    recordsOut: sumOf(text, "iotef_stage_records_out_total"),
  };
}

/** Sum of a metric over its labels, from Prometheus' text format. */
export function sumOf(text: string, metric: string): number {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** Records per second by stage between two readings; a copy that came in between has no rate yet. */
export function ratesOf(
  before: readonly StageCopy[],
  after: readonly StageCopy[],
): Map<string, { in: number; out: number }> {
  const earlier = new Map(before.map((copy) => [copy.pod, copy]));
  const rates = new Map<string, { in: number; out: number }>();
  for (const copy of after) {
    const was = earlier.get(copy.pod);
    const rate = rates.get(copy.stage) ?? { in: 0, out: 0 };
    if (was !== undefined && copy.at > was.at) {
      const seconds = (copy.at - was.at) / 1000;
      rate.in += ((copy.recordsIn ?? 0) - (was.recordsIn ?? 0)) / seconds;
      rate.out += ((copy.recordsOut ?? 0) - (was.recordsOut ?? 0)) / seconds;
    }
    rates.set(copy.stage, rate);
  }
  return rates;
}

interface PodList {
  items: {
    metadata: { name: string; labels: Record<string, string> };
    spec: { nodeName?: string };
    status: { conditions?: { type: string; status: string }[] };
  }[];
}
