import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { writeWhole } from "../machine/writeWhole";
import { findBuilder } from "./findBuilder";
import { imageKey } from "./imageKey";
import { findEntry, manifestOf } from "./layout";
import { npmSecrets } from "./npmSecrets";
import { buildArguments, planImages, type ImageNaming, type ImagePlan } from "./planImages";
import { pushImage } from "./pushImage";

const repository = resolve(__dirname, "../..");

export interface BuildImagesOptions extends ImageNaming {
  /** Folder of the cache for built images and the builder's layers, for example `~/.cache/iotef/images`. */
  cache: string;
  /** Upstream images as OCI archives of this machine, by reference. @default none */
  archives?: Readonly<Record<string, string>>;
  /** Where other upstream images are asked for first and ours are pushed, for example `http://10.90.0.10:8080`. @default neither */
  mirror?: string;
  /** Where a JSON file of image names to digests is left. @default nowhere */
  digestsFile?: string;
  /** Folder that holds workloads/images. @default this repository */
  context?: string;
  log(line: string): void;
}

/** An image and its place in the cache. */
interface KeyedPlan extends ImagePlan {
  stored: { layout: string; entry: string };
}

/**
 * Builds every image of workloads/images that is not in the cache yet, pushes all under their upstream names where there is
 * a mirror, and returns image name to digest. Nothing is built where nothing changed.
 */
export async function buildImages(options: BuildImagesOptions): Promise<Record<string, string>> {
  const { mirror, tag, log, digestsFile, context = repository } = options;
  const plans = withKeys(
    planImages(join(context, "workloads/images"), options),
    context,
    join(options.cache, "layout"),
  );
  await buildMissing(plans, context, options);
  for (const { reference, stored } of mirror === undefined ? [] : plans) {
    await pushImage(stored, mirror!, reference.slice(0, -tag.length - 1), tag);
    log(`${reference}: at ${mirror}`);
  }
  const digests = Object.fromEntries(
    plans.map(({ name, stored }) => [name, manifestOf(stored.layout, stored.entry).digest]),
  );
  if (digestsFile !== undefined) {
    mkdirSync(dirname(digestsFile), { recursive: true });
    writeWhole(digestsFile, `${JSON.stringify(digests, undefined, 2)}\n`);
  }
  return digests;
}

function withKeys(plans: ImagePlan[], context: string, layout: string): KeyedPlan[] {
  const keys = new Map<string, string>();
  return plans.map((plan) => {
    const key = imageKey(plan, context, keys);
    keys.set(plan.name, key);
    return { ...plan, stored: { layout, entry: `${plan.name}-${key}` } };
  });
}

async function buildMissing(plans: KeyedPlan[], context: string, options: BuildImagesOptions): Promise<void> {
  const missing = plans.filter(({ stored }) => !findEntry(stored.layout, stored.entry));
  if (missing.length === 0) return;
  const scratch = mkdtempSync(join(tmpdir(), "iotef-images-"));
  const storage = join(options.cache, "storage");
  mkdirSync(storage, { recursive: true });
  try {
    const builder = await findBuilder({ storage, scratch, mirror: options.mirror });
    const secrets = await npmSecrets(scratch);
    const needed = new Set(missing.flatMap(({ bases }) => bases));
    for (const [reference, archive] of Object.entries(options.archives ?? {})) {
      if (needed.has(reference)) await builder.load({ archive }, reference);
    }
    const own = new Set(missing.flatMap((plan) => plan.own));
    for (const plan of plans) {
      if (missing.includes(plan)) {
        const started = performance.now();
        await builder.build({ plan, context, args: buildArguments(options), secrets });
        await builder.save(plan.reference, plan.stored);
        options.log(
          `${plan.reference}: built by ${builder.name} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
        );
      } else if (own.has(plan.name)) {
        await builder.load(plan.stored, plan.reference);
      }
    }
    await builder.close();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
