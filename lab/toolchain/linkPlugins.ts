import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const EXECUTABLE = /^pulumi-(resource|language)-([a-z0-9-]+)$/;

/**
 * Links every provider and language host of `binDirs` into the plugin cache of `home`, where the CLI takes them without
 * a warning. A provider goes under the version of the npm package `@pulumi/<provider>`, the only one that the CLI takes
 * for a program; a language host may have any version.
 */
export function linkPlugins({ home, binDirs }: { home: string; binDirs: readonly string[] }): void {
  for (const binDir of binDirs) {
    if (!existsSync(binDir)) continue;
    for (const file of readdirSync(binDir)) {
      const [, kind, name = ""] = EXECUTABLE.exec(file) ?? [];
      const version = kind && npmVersion(kind === "language" ? "pulumi" : name);
      if (version) link(join(resolve(binDir), file), join(home, "plugins", `${kind}-${name}-v${version}`), file);
    }
  }
}

function link(target: string, folder: string, name: string): void {
  const path = join(folder, name);
  const found = lstatSync(path, { throwIfNoEntry: false });
  // A real file is a plugin that the user has installed: it goes first.
  if (found && (!found.isSymbolicLink() || readlinkSync(path) === target)) return;
  mkdirSync(folder, { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function npmVersion(name: string): string | undefined {
  try {
    const manifest = createRequire(__filename)(`@pulumi/${name}/package.json`) as { version: string };
    return manifest.version;
  } catch {
    // Not a provider of this program.
    return undefined;
  }
}
