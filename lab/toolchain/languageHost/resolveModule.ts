import { createRequire } from "node:module";
import { join } from "node:path";

/** The path of a module as the program would load it. @throws with what to do if it is not installed. */
export function resolveModule(name: string, programDirectory: string): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(name);
  } catch {
    throw new Error(
      `It looks like the Pulumi SDK has not been installed: ${name} is not in the node_modules of ${programDirectory}. ` +
        "Run npm install or pulumi install there",
    );
  }
}
