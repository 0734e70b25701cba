import { readdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../labError";
import { parseDockerfile } from "./parseDockerfile";

/** An image of our own: a folder of workloads/images. */
export interface ImagePlan {
  name: string;
  /** Full reference, as the stacks name it. */
  reference: string;
  dockerfile: string;
  /** Own images that it is built on; they stand before it in the plan. */
  own: string[];
  /** Other images that it is built on. */
  bases: string[];
  sources: string[];
}

/** Where our images will be found, as the stacks name them. */
export interface ImageNaming {
  /** For example `ghcr.io/iotef`. */
  registry: string;
  tag: string;
}

/** Build arguments that every Dockerfile may use. */
export function buildArguments({ registry, tag }: ImageNaming): Record<string, string> {
  return { REGISTRY: registry, TAG: tag };
}

/** Plans one image for each `<images>/<name>/Dockerfile`, each after those it is built on. */
export function planImages(images: string, naming: ImageNaming): ImagePlan[] {
  const names = readdirSync(images).filter((name) => existsSync(join(images, name, "Dockerfile")));
  const nameOf = new Map(names.map((name) => [`${naming.registry}/${name}:${naming.tag}`, name]));
  const plans = [...nameOf].map(([reference, name]): ImagePlan => {
    const dockerfile = join(images, name, "Dockerfile");
    const { bases, sources } = parseDockerfile(readFileSync(dockerfile, "utf8"), buildArguments(naming));
    const own = bases.flatMap((base) => nameOf.get(base) ?? []);
    return { name, reference, dockerfile, own, bases: bases.filter((base) => !nameOf.has(base)), sources };
  });
  return inOrder(plans);
}

function inOrder(plans: ImagePlan[]): ImagePlan[] {
  const ordered: ImagePlan[] = [];
  const waiting = new Set(plans);
  while (waiting.size > 0) {
    const ready = [...waiting].filter(({ own }) => own.every((name) => ordered.some((plan) => plan.name === name)));
    if (ready.length === 0) {
      throw new LabError(
        `images ${[...waiting].map(({ name }) => name).join(", ")}: each is built on another of them; break the circle`,
      );
    }
    for (const plan of ready) {
      ordered.push(plan);
      waiting.delete(plan);
    }
  }
  return ordered;
}
