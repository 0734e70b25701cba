import { checkpointKey, parseCheckpoint, type Checkpoint } from "./checkpoint";
import type { ClusterConnection } from "./kafka/connection";
import { readLastCommitted } from "./kafka/tail";
import { TransactionWriter } from "./kafka/writer";
import { planResume, type Resume } from "./resume";

export interface RecoverArgs {
  stage: string;
  checkpointTopic: string;
  group: number;
  laneGroups: number;
  lanes: readonly number[];
  source: string;
  generation: number;
  transactionTimeoutMs: number;
}

/**
 * Reads where the lanes of a group stand, after its own transactional ids were fenced. Former owners under another mapping of
 * lanes to groups are fenced too, as their checkpoints name them.
 */
export async function recover(connection: ClusterConnection, args: RecoverArgs): Promise<Exclude<Resume, { act: "fence" }>> {
  const partitions = connection.partitionsOf(args.checkpointTopic);
  if (args.group >= partitions) {
    throw new Error(`topic ${args.checkpointTopic} has ${partitions} partitions; lane group ${args.group} needs one of its own`);
  }
  const checkpoints = new Map<number, Checkpoint>();
  const fenced = new Set([args.group]);
  await Promise.all(Array.from({ length: partitions }, (_, partition) => read(partition)));
  for (;;) {
    const plan = planResume({ ...args, checkpoints, fenced });
    if (plan.act !== "fence") return plan;
    for (let n = 0; n < plan.transactionalIds.length; n += 2) {
      const ids = plan.transactionalIds.slice(n, n + 2) as [string, string];
      await new TransactionWriter(connection, ids, args.transactionTimeoutMs).fence();
    }
    for (const partition of plan.partitions) {
      fenced.add(partition);
      await read(partition);
    }
  }

  async function read(partition: number): Promise<void> {
    const key = checkpointKey(args.stage, partition);
    const record = await readLastCommitted(connection, args.checkpointTopic, partition, key, fenced.has(partition));
    if (record?.value) checkpoints.set(partition, parseCheckpoint(record.value.toString("utf8")));
  }
}
