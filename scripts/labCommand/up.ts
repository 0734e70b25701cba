import { rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../core/wait";
import { cacheFolder, supply, type Supplied } from "../../lab/artifacts";
import { buildImages } from "../../lab/images/buildImages";
import { Rack } from "../../lab/rack";
import { installPulumi } from "./installPulumi";
import { mirrorIn } from "./mirrorIn";
import { PulumiProgress } from "./pulumiProgress";
import type { LabSession } from "./session";
import { readStageCopies, ratesOf, type StageCopy } from "./stageRates";
import { showStatus } from "./status";
import { Steps } from "./steps";

/** The main job: artifacts, hosts, images, clusters, federation, and images flowing. Can be stopped and called again at any point. */
export async function up(session: LabSession): Promise<void> {
  const { log, inventory } = session;
  const steps = new Steps(log);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.abort();
      process.exitCode = 130;
    });
  }

  const supplied = await steps.run("artifacts", () => supply("lab", log, stop.signal));
  session.keepSupplied(supplied);
  await steps.run("pulumi", () => installPulumi(session.places, supplied));
  const mirror = { files: supplied.mirrorDir!, registry: supplied.registryDir! };
  await steps.run("hosts", () => Rack.up(inventory, { hostImage: supplied.hostImage!, mirror, log }));
  await steps.run("images", () => images(session, supplied));
  await steps.run("clusters", () => clusters(session));
  await steps.run("federation", () => federations(session));
  await steps.run("records flow", () => awaitFlow(session));
  await showStatus(session);
  log(`where the time went:\n${steps.summary()}`);
}

function images({ inventory, log, stacks }: LabSession, supplied: Supplied): Promise<Record<string, string>> {
  const { registry, tag } = Object.values(stacks.clusters)[0]!.images;
  return buildImages({
    registry,
    tag,
    cache: join(cacheFolder, "images"),
    archives: { "docker.io/library/node:22-bookworm-slim": supplied.nodeImage! },
    mirror: mirrorIn(Object.values(stacks.clusters)),
    digestsFile: join(inventory.folder, "images.json"),
    log,
  });
}

/** Side by side: while one waits for its API server, the other uses the cores. */
async function clusters(session: LabSession): Promise<void> {
  for (const name of Object.values(session.stacks.clusters).map((config) => config.name)) {
    rmSync(join(session.inventory.folder, "kube", `${name}.yaml`), { force: true });
  }
  const runs = Object.keys(session.stacks.clusters).map((stack) => pulumiUp(session, stack));
  const results = await Promise.allSettled(runs);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

async function federations(session: LabSession): Promise<void> {
  for (const stack of Object.keys(session.stacks.federations)) await pulumiUp(session, stack);
}

async function pulumiUp(session: LabSession, stack: string): Promise<void> {
  // A run that was killed leaves its lock behind; nobody else works on this lab's own backend.
  await session.pulumi(stack, ["cancel", "--yes"], { capture: true, allowFailure: true });
  const progress = new PulumiProgress();
  const alive = setInterval(() => {
    const names = progress.underWay();
    if (names.length > 0) session.log(`${stack}: waiting for ${names.join(", ")}`);
  }, 30_000);
  try {
    await session.pulumi(
      stack,
      ["up", "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs", "--color", "never"],
      {
        capture: true,
        onLine: (line) => {
          const news = progress.news(line);
          if (news !== undefined) session.log(`${stack}: ${news}`);
        },
      },
    );
  } finally {
    clearInterval(alive);
  }
}

/** Waits until every stage has brought out records. */
async function awaitFlow(session: LabSession): Promise<void> {
  const names = Object.values(session.stacks.federations).flatMap(({ stages }) => Object.keys(stages));
  let before: StageCopy[] = [];
  await until(
    "every stage brings out records",
    async () => {
      const after = await copies(session);
      const rates = ratesOf(before, after);
      before = after;
      const silent = names.filter((name) => !((rates.get(name)?.out ?? 0) > 0));
      if (silent.length > 0) throw new Error(`${silent.join(", ")} brought out none since the last look`);
    },
    { within: 600, every: 5, onTry: (reason) => session.log(reason) },
  );
}

async function copies(session: LabSession): Promise<StageCopy[]> {
  const names = Object.values(session.stacks.clusters).map(({ name }) => name);
  const all = await Promise.all(names.map(async (name) => readStageCopies(await session.kubectl(name), name)));
  return all.flat();
}
