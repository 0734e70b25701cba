import { LabError } from "../labError";
import { supply } from "./index";
import { profiles, type Profile } from "./tasks";

/** `node --import tsx lab/artifacts/cli.ts [kafka|toolchain|lab]`: builds and prints the paths. */
async function main(profile: string): Promise<void> {
  if (!Object.hasOwn(profiles, profile))
    throw new LabError(`"${profile}" is not a profile; use ${Object.keys(profiles).join(", ")}`);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const supplied = await supply(profile as Profile, (line) => process.stderr.write(`${line}\n`), stop.signal);
  process.stdout.write(`${JSON.stringify(supplied, null, 2)}\n`);
}

main(process.argv[2] ?? "lab").catch((error: unknown) => {
  process.stderr.write(`${error instanceof LabError ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
});
