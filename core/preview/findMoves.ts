import type { Change, Inputs } from "./parsePreview";

/** What happens to one stage, as the reader of a pull request thinks of it. */
export interface StageChange {
  stage: string;
  /** Cluster that it leaves; undefined for a new stage. */
  from?: string;
  /** Cluster that it comes to; undefined for one that is removed. */
  to?: string;
  replicas?: number;
  /** Streams as `frames@edge`, before and after. */
  reads: { before?: string; after?: string };
  writes: { before?: string; after?: string };
  /** `topic@cluster` of its checkpoint. */
  checkpoint?: string;
}

const stageType = "iotef:stage:Stage";
const deploymentType = "kubernetes:apps/v1:Deployment";

/** Stages that move, come or go: sorted by name. Those that stay at their place but change are not among them. */
export function findStageChanges(changes: readonly Change[]): StageChange[] {
  const stages = changes.filter(({ type, op }) => type === stageType && (op === "create" || op === "delete"));
  const names = [...new Set(stages.map(({ before, after }) => String(after["stage"] ?? before["stage"])))].sort();
  return names.map((stage) => {
    const gone = stages.find(({ op, before }) => op === "delete" && before["stage"] === stage);
    const come = stages.find(({ op, after }) => op === "create" && after["stage"] === stage);
    const old = gone && deploymentOf(gone.name, changes)?.before;
    const next = come && deploymentOf(come.name, changes)?.after;
    return {
      stage,
      ...(gone === undefined ? {} : { from: String(gone.before["cluster"]) }),
      ...(come === undefined ? {} : { to: String(come.after["cluster"]) }),
      ...withReplicas(next ?? old),
      reads: { before: annotation(old, "iotef/from"), after: annotation(next, "iotef/from") },
      writes: { before: annotation(old, "iotef/to"), after: annotation(next, "iotef/to") },
      checkpoint: annotation(next ?? old, "iotef/checkpoint"),
    };
  });
}

/** Stages that stay but read or write another stream from now on. */
export function findReroutes(changes: readonly Change[]): StageChange[] {
  return changes
    .filter(
      ({ type, op, name }) => type === deploymentType && op !== "create" && op !== "delete" && name.endsWith("-copies"),
    )
    .map(({ name, before, after }) => {
      const [stage = "", cluster = ""] = name.slice(0, -"-copies".length).split(".");
      return {
        stage,
        from: cluster,
        to: cluster,
        reads: { before: annotation(before, "iotef/from"), after: annotation(after, "iotef/from") },
        writes: { before: annotation(before, "iotef/to"), after: annotation(after, "iotef/to") },
        checkpoint: annotation(after, "iotef/checkpoint"),
      };
    })
    .filter(isRerouted);
}

/** Does it read or write another stream than before? */
export function isRerouted({ reads, writes }: StageChange): boolean {
  const differs = ({ before, after }: StageChange["reads"]): boolean =>
    before !== undefined && after !== undefined && before !== after;
  return differs(reads) || differs(writes);
}

function deploymentOf(stage: string, changes: readonly Change[]): Change | undefined {
  return changes.find(({ type, name }) => type === deploymentType && name === `${stage}-copies`);
}

function withReplicas(deployment: Inputs | undefined): { replicas?: number } {
  const replicas = (deployment?.["spec"] as Inputs | undefined)?.["replicas"];
  return typeof replicas === "number" ? { replicas } : {};
}

function annotation(deployment: Inputs | undefined, name: string): string | undefined {
  const metadata = deployment?.["metadata"] as { annotations?: Record<string, string> } | undefined;
  return metadata?.annotations?.[name];
}
