import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { installToolchain, labPlaces, runPulumi, type PulumiPlaces, type PulumiResult } from "../../../lab/toolchain";

const REPOSITORY = resolve(__dirname, "../../..");

/** One step of `pulumi preview --json`. */
export interface Step {
  op: string;
  urn: string;
  detailedDiff?: Record<string, { kind: string }>;
  newState?: { outputs?: Record<string, unknown> };
  diffReasons?: string[];
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** A small program with a backend of its own, run by the real CLI. */
export class TemporaryProgram {
  private constructor(
    readonly folder: string,
    readonly places: PulumiPlaces,
    private readonly stack: string,
  ) {}

  static async create(stack = "dev"): Promise<TemporaryProgram> {
    const folder = mkdtempSync(join(tmpdir(), "iotef-toolchain-"));
    const binDir = join(folder, "bin");
    mkdirSync(binDir);
    await installToolchain({ binDir });
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: probe\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    writeFileSync(join(folder, "package.json"), '{ "name": "probe", "main": "index.js" }');
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    return new TemporaryProgram(folder, labPlaces(folder, [binDir, dirname(await pulumiExecutable())]), stack);
  }

  /** Replaces the program's text; `pulumi`, `command` and `random` are at hand. */
  write(body: string): void {
    const imports = ["pulumi", "command", "random"].map((name) => `const ${name} = require("@pulumi/${name}");`);
    writeFileSync(join(this.folder, "index.js"), [...imports, body].join("\n"));
  }

  async run(...args: string[]): Promise<PulumiResult> {
    return runPulumi(this.stack, args, { places: this.places, capture: true });
  }

  async fail(...args: string[]): Promise<PulumiResult> {
    const result = await runPulumi(this.stack, args, { places: this.places, capture: true, allowFailure: true });
    if (result.exitCode === 0) throw new Error(`pulumi ${args.join(" ")} was expected to fail:\n${result.stdout}`);
    return result;
  }

  up(...args: string[]): Promise<PulumiResult> {
    return this.run("up", "--yes", "--skip-preview", ...args);
  }

  /** The planned steps by resource name, the stack itself left out. */
  async preview(): Promise<Record<string, Step[]>> {
    const { stdout } = await this.run("preview", "--json");
    const steps = (JSON.parse(stdout) as { steps: Step[] }).steps;
    const byName: Record<string, Step[]> = {};
    for (const step of steps) {
      const name = step.urn.split("::").pop() as string;
      if (!step.urn.includes("pulumi:pulumi:Stack")) (byName[name] ??= []).push(step);
    }
    return byName;
  }

  /** The stack's state as text, secrets encrypted, and its resources by name. */
  async state(): Promise<{ text: string; resources: Record<string, StateResource> }> {
    const { stdout } = await this.run("stack", "export");
    const { resources = [] } = (JSON.parse(stdout) as { deployment: { resources?: StateResource[] } }).deployment;
    return {
      text: stdout,
      resources: Object.fromEntries(resources.map((resource) => [resource.urn.split("::").pop(), resource])),
    };
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.run("stack", "output", "--json", "--show-secrets");
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The CLI that IOTEF_PULUMI names, else the lab's own. */
async function pulumiExecutable(): Promise<string> {
  if (process.env.IOTEF_PULUMI) return process.env.IOTEF_PULUMI;
  const { supply } = await import("../../../lab/artifacts");
  const { pulumi } = await supply("toolchain", () => undefined);
  if (!pulumi) throw new Error("pulumi: the lab has no CLI; set IOTEF_PULUMI to the path of one");
  return pulumi;
}
