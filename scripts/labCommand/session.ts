import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Supplied } from "../../lab/artifacts";
import { elapsedLog } from "../../lab/elapsedLog";
import type { Inventory } from "../../lab/inventory";
import { LabError } from "../../lab/labError";
import { writeWhole } from "../../lab/machine/writeWhole";
import { labPlaces, runPulumi, type PulumiPlaces, type PulumiResult, type RunOptions } from "../../lab/toolchain";
import { kubectlFor, type Kubectl } from "./kubectl";
import { inventoryOf, readStacks, type Stacks } from "./readInventory";

/** What every verb of `./scripts/lab` works with. */
export interface LabSession {
  project: string;
  stacks: Stacks;
  inventory: Inventory;
  log: (line: string) => void;
  places: PulumiPlaces;
  /** Records what `lab up` found or built, for the verbs of later processes. */
  keepSupplied(supplied: Supplied): void;
  supplied(): Supplied;
  pulumi(stack: string, args: readonly string[], options?: Partial<RunOptions>): Promise<PulumiResult>;
  /** @throws LabError before the cluster's stack is up */
  kubectl(cluster: string): Promise<Kubectl>;
  /** Path of the cluster's kubeconfig, which is read from the stack's outputs when it is not there yet. */
  kubeconfig(cluster: string): Promise<string>;
}

export const project = resolve(__dirname, "..", "..");

export function openSession(): LabSession {
  const stacks = readStacks(project);
  const inventory = inventoryOf(stacks.clusters, project);
  const { folder } = inventory;
  const bin = join(folder, "bin");
  const places = labPlaces(project, [bin]);
  const suppliedFile = join(folder, "supplied.json");

  const session: LabSession = {
    project,
    stacks,
    inventory,
    log: elapsedLog(),
    places,
    keepSupplied(supplied) {
      mkdirSync(folder, { recursive: true });
      writeWhole(suppliedFile, JSON.stringify(supplied, undefined, 2));
    },
    supplied() {
      if (!existsSync(suppliedFile)) throw new LabError("the lab is not up; run ./scripts/lab up");
      return JSON.parse(readFileSync(suppliedFile, "utf8")) as Supplied;
    },
    pulumi: (stack, args, options = {}) => runPulumi(stack, args, { places, ...options }),
    async kubectl(cluster) {
      return kubectlFor(session.supplied().kubectl!, await session.kubeconfig(cluster));
    },
    async kubeconfig(cluster) {
      const stack = Object.entries(stacks.clusters).find(([, config]) => config.name === cluster)?.[0];
      if (stack === undefined)
        throw new LabError(
          `"${cluster}" is not a cluster; use ${Object.values(stacks.clusters)
            .map(({ name }) => name)
            .join(" or ")}`,
        );
      const file = join(folder, "kube", `${cluster}.yaml`);
      if (!existsSync(file)) {
        const { stdout } = await session.pulumi(stack, ["stack", "output", "kubeconfig", "--show-secrets"], {
          capture: true,
        });
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeWhole(file, stdout, { mode: 0o600 });
      }
      return file;
    },
  };
  return session;
}
