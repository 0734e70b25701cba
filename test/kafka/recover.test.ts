import assert from "node:assert/strict";
import type { StageConfig } from "../../core/contract/stageConfig";
import { transactionalId } from "../../core/naming";
import { Blocked } from "../../workloads/stage/blocked";
import { checkpointPart, sourceKey, type Checkpoint } from "../../workloads/stage/checkpoint";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { KafkaFailure } from "../../workloads/stage/kafka/failure";
import { partitionKey } from "../../workloads/stage/kafka/produce";
import { TransactionWriter } from "../../workloads/stage/kafka/writer";
import { recover, type Recovered } from "../../workloads/stage/recover";
import { clusters } from "../support/clusters";
import { Pipeline } from "../support/pipeline";

const lanes = 4;
const laneGroups = 2;
const transactionTimeoutMs = 60_000;

describe("an owner of lane group 0 that recovers beside the owner of group 1", function () {
  this.timeout(600_000);
  const connections: ClusterConnection[] = [];

  afterEach(() => Promise.all(connections.splice(0).map((connection) => connection.close())));

  it("leaves that one alone, however long its transaction is open", async () => {
    const { config, own, peer } = await twoOwners("slow-peer");
    await peer.end(await peer.write([checkpoint(config, 1, laneGroups)]));
    const open = await peer.write([checkpoint(config, 1, laneGroups)]);
    const found = await recoverGroup0(config, own);
    assert.equal(found.claim, 1);
    await peer.end(open);
  });

  it("fences it where its open transaction claims lanes under another mapping", async () => {
    const { config, own, peer } = await twoOwners("other-mapping");
    const open = await peer.write([checkpoint(config, 1, laneGroups + 1)]);
    await recoverGroup0(config, own);
    await assert.rejects(peer.end(open), (error) => error instanceof KafkaFailure && error.fenced);
  });

  it("is blocked where it only learns after its claim that the positions are of a topic that was made again", async () => {
    const { config, own, peer } = await twoOwners("made-again");
    const former = checkpoint(config, 1, laneGroups + 1, {
      positions: new Map([[sourceKey(config.from!), new Map([[2, 7n]])]]),
      topicIds: new Map([[sourceKey(config.from!), "of the former topic"]]),
    });
    const recovered = recoverGroup0(config, own, async () => peer.end(await peer.write([former])));
    await assert.rejects(recovered, (error) => error instanceof Blocked && /made again/.test(error.message));
  });

  async function twoOwners(name: string) {
    const { edge, cloud } = await clusters();
    const { config } = await Pipeline.create({
      name,
      process: "copy",
      source: edge,
      destination: cloud,
      partitions: lanes,
      laneGroups,
    });
    const [own, peer] = await Promise.all(
      [0, 1].map(async (group) => {
        const topics = [config.to.topic, config.checkpointTopic];
        const connection = await ClusterConnection.open(config.to, topics, name, () => undefined);
        connections.push(connection);
        const writer = new TransactionWriter(connection, idsOf(config, group), transactionTimeoutMs);
        await writer.fence();
        return { connection, writer };
      }),
    );
    return { config, own: own!, peer: peer!.writer };
  }

  function recoverGroup0(
    config: StageConfig,
    { connection, writer }: { connection: ClusterConnection; writer: TransactionWriter },
    beforeClaim: () => Promise<void> = async () => undefined,
  ): Promise<Recovered> {
    const args = {
      ...config,
      group: 0,
      lanes: [0, 2],
      source: sourceKey(config.from!),
      topic: config.from!.topic,
      topicId: "of the topic as it is now",
      transactionTimeoutMs,
      transactionalIdsOf: (group: number) => idsOf(config, group),
    };
    return recover(connection, args, async () => {
      await beforeClaim();
      const claim = checkpoint(config, 0, laneGroups);
      const written = await writer.write([claim]);
      return { offset: written.offsets.get(partitionKey(claim))!, commit: () => writer.end(written) };
    });
  }
});

function idsOf({ pipeline, stage, from }: StageConfig, group: number): [string, string] {
  return [0, 1].map((turn) => transactionalId(pipeline, stage, from!, group, turn as 0 | 1)) as [string, string];
}

/** What an owner of the group commits first. */
function checkpoint(config: StageConfig, group: number, groups: number, more: Partial<Checkpoint> = {}) {
  const claim: Checkpoint = {
    positions: new Map(),
    source: sourceKey(config.from!),
    topicIds: new Map(),
    laneGroups: groups,
    generation: config.generation,
    claim: 1,
    place: config.place,
    transactionalIds: idsOf(config, group),
    ...more,
  };
  return checkpointPart(config.checkpointTopic, config.stage, group, claim);
}
