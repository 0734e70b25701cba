import { isRerouted, type StageChange } from "./findMoves";

/** What happens to a stage, for someone who decides whether it may: one sentence or two. */
export function describeStage(change: StageChange): string {
  const { stage, from, to } = change;
  if (from !== undefined && to !== undefined && from !== to)
    return `${describeMove(change)} ${describeStreams(change)}`;
  if (from !== undefined && to !== undefined) return `${stage} stays on ${to}. ${describeStreams(change)}`;
  if (to !== undefined) {
    const { reads, writes, replicas } = change;
    const source = reads.after === undefined ? "reads a device" : `reads ${reads.after}`;
    const count = replicas === undefined ? "" : `, with ${replicas} ${replicas === 1 ? "copy" : "copies"}`;
    return `${stage} is new on ${to}${count}; it ${source} and writes ${writes.after}.`;
  }
  return `${stage} is removed from ${from}: what it reads from then on stays unprocessed. Its checkpoint ${change.checkpoint} is kept, so a stage of the same name would go on there.`;
}

function describeMove({ stage, from, to, ...rest }: StageChange): string {
  const count = copies(rest);
  return `${stage} moves from ${from} to ${to}: ${count} on ${to} must be ready before ${rest.replicas === 1 ? "the one" : "those"} on ${from} ${rest.replicas === 1 ? "is" : "are"} deleted.`;
}

function copies({ replicas }: Pick<StageChange, "replicas">): string {
  if (replicas === undefined) return "its copies";
  return replicas === 1 ? "the copy" : `the ${replicas} copies`;
}

/** Whether positions carry over is what a reviewer must know. */
function describeStreams(change: StageChange): string {
  const { reads, writes, checkpoint, stage } = change;
  if (!isRerouted(change)) {
    const source = reads.after === undefined ? "" : `reading ${reads.after} and `;
    return `It goes on ${source}writing ${writes.after}; its checkpoint ${checkpoint} stays where it is, so no record is lost or doubled.`;
  }
  const parts: string[] = [];
  if (reads.before !== reads.after)
    parts.push(`it reads ${reads.after} instead of ${reads.before}, from the start or where ${stage} was once before`);
  if (writes.before !== writes.after) {
    const clusterOf = (place?: string): string | undefined => place?.split("@")[1];
    const carries = clusterOf(writes.before) === clusterOf(writes.after);
    parts.push(
      carries
        ? `it writes ${writes.after} instead of ${writes.before} from where it stands`
        : `it writes ${writes.after} instead of ${writes.before}: its checkpoint does NOT go along to the other cluster, so it processes its source anew from the start`,
    );
  }
  return `ATTENTION: ${parts.join("; ")}.`;
}
