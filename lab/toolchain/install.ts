import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleTools, TOOLS } from "./bundle";

/**
 * Writes the executables `pulumi-language-nodejs`, `pulumi-resource-command` and `pulumi-resource-random` into
 * `binDir`; they run the bundled sources of this folder with the Node that runs now.
 *
 * How the CLI finds them without "using ... from $PATH" warnings: `linkPlugins` puts them in the plugin cache of
 * PULUMI_HOME. (A language host beside the `pulumi` executable is found too, but only beside the real file, not a link.)
 */
export async function installToolchain({ binDir }: { binDir: string }): Promise<void> {
  const bundles = await bundleTools();
  mkdirSync(binDir, { recursive: true });
  for (const name of Object.keys(TOOLS)) {
    const script = `#!/bin/sh\nexec '${process.execPath}' '${join(bundles, `${name}.js`)}' "$@"\n`;
    // Written aside and renamed: a run that is just starting one must not see half of it.
    const draft = join(binDir, `.${name}.${process.pid}`);
    writeFileSync(draft, script);
    chmodSync(draft, 0o755);
    renameSync(draft, join(binDir, name));
  }
}
