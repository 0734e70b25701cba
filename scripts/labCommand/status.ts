import { alignColumns } from "../../core/alignColumns";
import { Rack } from "../../lab/rack";
import { describeLinks } from "../../lab/rackStatus";
import { messageOf } from "../../core/errors";
import type { LabSession } from "./session";
import { ratesOf, readStageCopies, type StageCopy } from "./stageRates";

const sampleSeconds = 5;

/** Prints hosts, nodes, brokers, and every stage: where it runs and what goes in and out of it per second. */
export async function showStatus(session: LabSession): Promise<void> {
  const rack = await Rack.status(session.inventory);
  table(
    ["host", "site", "address", "power", "ssh", "fault"],
    rack.hosts.map((host) => [
      host.name,
      host.site,
      host.address,
      host.power,
      host.answersSsh ? "answers" : "-",
      host.faults.join(", ") || "-",
    ]),
  );
  for (const line of describeLinks(rack)) print(line);
  const names = Object.values(session.stacks.clusters).map(({ name }) => name);
  const before = await Promise.all(names.map((name) => clusterLines(session, name)));
  const copies = before.flatMap((cluster) => cluster.copies);
  if (copies.length === 0) return;
  await new Promise((resolve) => setTimeout(resolve, sampleSeconds * 1000));
  const after = await Promise.all(
    names.map(async (name) => readStageCopies(await session.kubectl(name), name).catch(() => [])),
  );
  const rates = ratesOf(copies, after.flat());
  table(
    ["stage", "cluster", "host", "ready", "records in/s", "records out/s"],
    after.flat().map((copy) => {
      const own = ratesOf(copies, [copy]).get(copy.stage)!;
      return [copy.stage, copy.cluster, copy.host, copy.ready ? "yes" : "no", own.in.toFixed(1), own.out.toFixed(1)];
    }),
  );
  for (const [stage, rate] of rates) print(`${stage}: ${rate.in.toFixed(1)} in/s, ${rate.out.toFixed(1)} out/s`);
}

async function clusterLines(session: LabSession, name: string): Promise<{ copies: StageCopy[] }> {
  try {
    const kubectl = await session.kubectl(name);
    const nodes = (await kubectl(["get", "nodes", "--no-headers"])).trim().split("\n");
    const ready = nodes.filter((line) => / Ready /.test(line.replace(/ +/g, " "))).length;
    const planes = nodes.filter((line) => line.includes("control-plane")).length;
    const brokers =
      (await kubectl([
        "-n",
        "kafka",
        "get",
        "statefulset",
        "-o",
        "jsonpath={range .items[*]}{.status.readyReplicas}/{.spec.replicas}{end}",
      ])) || "none";
    print(`${name}: ${ready} of ${nodes.length} nodes Ready, ${planes} control planes; brokers ready ${brokers}`);
    return { copies: await readStageCopies(kubectl, name) };
  } catch (error) {
    print(`${name}: ${messageOf(error).split("\n")[0]}`);
    return { copies: [] };
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of alignColumns([head, ...rows])) print(line);
  print("");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
