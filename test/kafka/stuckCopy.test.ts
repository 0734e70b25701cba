import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { freePorts } from "../support/freePorts";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess, type LogLine } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const [partitions, count] = [2, 100];
const gaveUp = ({ msg }: LogLine) => /could not be run here: left/.test(msg ?? "");

describe("a copy that has the lanes and cannot reach where they lead", function () {
  this.timeout(600_000);

  it("leaves them to another that can, is given none again while that one runs them, and all when there is no other", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "last-resort",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions,
      laneGroups: 2,
    });
    await feed(edge, { topic: pipeline.sourceStream.topic, partitions, count, size: 100 });
    const [unreachable] = await freePorts(1);
    const to = { ...pipeline.config.to, bootstrapServers: [`127.0.0.1:${unreachable}`] };
    const stuck = new StageProcess({ config: { ...pipeline.config, to } });
    const other = new StageProcess({ config: pipeline.config });
    try {
      await stuck.untilLine("shares the lanes with the other", ({ groups }) => groups?.length === 1, 0, 300);
      const left = await stuck.untilLine("lets it try", gaveUp, 0, 300);
      const { groups } = await until(
        "the copy is a member again",
        async () => {
          const since = stuck.lines.slice(stuck.lines.indexOf(left));
          // The first that follows says that it is out of the group.
          const atReturn = since.filter((line) => line.groups !== undefined)[1];
          assert.ok(atReturn);
          return atReturn;
        },
        { within: 60, every: 0.2 },
      );
      assert.deepEqual(groups, []);
      const { status, text } = await stuck.get("/readyz");
      assert.equal(status, 503, "a rollout would go on");
      assert.match(text, /could run none of the lane groups/);
      await other.untilRunning(2);
      await pipeline.untilDrained();
      const since = stuck.lines.length;
      await other.end("SIGTERM");
      await stuck.untilLine("has all lanes", (line) => line.groups?.length === 2, since, 300);
    } finally {
      await Promise.all([stuck.end("SIGKILL"), other.end("SIGKILL")]);
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), count);
  });

  describe("and no other can either", () => {
    it("keeps its share where both can again", async () => {
      await duringSharedOutage("both-again", async ([first, second], mend) => {
        const since = [first.lines.length, second.lines.length] as const;
        await Promise.all([mend("first"), mend("second")]);
        await first.untilLine("runs its share", ({ to }) => to === "running", since[0], 300);
        await second.untilLine("runs its share", ({ to }) => to === "running", since[1], 300);
        // Each says ten seconds later that it can run what it has.
        await sleep(25_000);
        const changed = [...sharesOf(first, since[0]), ...sharesOf(second, since[1])].filter((groups) => groups !== 1);
        assert.deepEqual(changed, [], "the first that could run its own was given all");
      });
    });

    it("leaves its share to the first that can, and has one again when it can, too", async () => {
      await duringSharedOutage("one-again", async ([first, second], mend) => {
        const since = second.lines.length;
        await mend("first");
        await first.untilRunning(2);
        await second.untilLine("is a spare", ({ groups }) => groups?.length === 0, since, 300);
        assert.equal((await second.get("/readyz")).status, 503, "a rollout would go on");
        await mend("second");
        await second.untilLine("runs its share", ({ to }) => to === "running", since, 300);
      });
    });
  });

  it("comes back as a new member where the group has forgotten it", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "forgotten",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions,
      laneGroups: 1,
    });
    const [unreachable] = await freePorts(1);
    const to = { ...pipeline.config.to, bootstrapServers: [`127.0.0.1:${unreachable}`] };
    const stuck = new StageProcess({ config: { ...pipeline.config, to } });
    try {
      await stuck.untilLine("has failed", ({ to: state }) => state === "rebuilding", 0, 300);
      // When it goes on its session is over, and its first failure a minute ago.
      stuck.signal("SIGSTOP");
      await sleep(61_000);
      stuck.signal("SIGCONT");
      await stuck.untilLine("lets others try", gaveUp, 0, 300);
      await stuck.untilLine("has the lanes again", ({ groups }) => groups?.length === 1, undefined, 300);
    } finally {
      await stuck.end("SIGKILL");
    }
  });

  /** Two copies, whose ways to the destination are mended one by one, when both have given up and share the lanes again. */
  async function duringSharedOutage(
    name: string,
    then: (
      copies: readonly [StageProcess, StageProcess],
      mend: (which: "first" | "second") => Promise<void>,
    ) => Promise<void>,
  ): Promise<void> {
    const { edge, cloud } = await clusters();
    const links = await Toxiproxy.start();
    const copies: StageProcess[] = [];
    try {
      const pipeline = await Pipeline.create({
        name,
        process: "copy",
        source: edge,
        destination: cloud,
        partitions,
        laneGroups: 2,
      });
      const start = async (which: "first" | "second") => {
        const broker = Number(cloud.bootstrapServers[0]!.split(":")[1]);
        const bootstrapServers = [`127.0.0.1:${await links.listen(which, broker)}`];
        await links.setOpen(which, false);
        const copy = new StageProcess({
          config: { ...pipeline.config, to: { ...pipeline.config.to, bootstrapServers } },
        });
        copies.push(copy);
        return copy;
      };
      const both = [await start("first"), await start("second")] as const;
      for (const copy of both) await copy.untilLine("lets it try", gaveUp, 0, 300);
      await until(
        "the copies share the lanes again",
        async () =>
          assert.deepEqual(
            both.map((copy) => sharesOf(copy).at(-1)),
            [1, 1],
          ),
        { within: 300, every: 0.2 },
      );
      await then(both, (which) => links.setOpen(which, true));
    } finally {
      await Promise.all(copies.map((copy) => copy.end("SIGKILL")));
      await links.stop();
    }
  }
});

/** How many lane groups it was given, time after time. */
function sharesOf(copy: StageProcess, since = 0): number[] {
  return copy.lines.slice(since).flatMap(({ groups }) => (groups === undefined ? [] : [groups.length]));
}
