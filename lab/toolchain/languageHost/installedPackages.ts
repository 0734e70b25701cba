import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** What we read of a package.json. */
export interface PackageManifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: {
    resource?: boolean;
    name?: string;
    version?: string;
    server?: string;
    parameterization?: { name: string; version: string; value: string };
  };
}

/** Every package in the node_modules of a program, nested ones too, each folder once. */
export function installedPackages(programDirectory: string): PackageManifest[] {
  const visited = new Set<string>();
  const found: PackageManifest[] = [];
  const visitModules = (modules: string): void => {
    if (!existsSync(modules)) return;
    for (const name of readdirSync(modules)) {
      if (name.startsWith("@")) visitModules(join(modules, name));
      else if (!name.startsWith(".")) visitPackage(join(modules, name));
    }
  };
  const visitPackage = (folder: string): void => {
    const manifest = readManifest(folder);
    if (!manifest) return;
    const real = realpathSync(folder);
    if (visited.has(real)) return;
    visited.add(real);
    found.push(manifest);
    visitModules(join(folder, "node_modules"));
  };
  visitModules(join(programDirectory, "node_modules"));
  return found;
}

export function readManifest(folder: string): PackageManifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageManifest;
  } catch {
    // A folder without a readable package.json is no package.
    return undefined;
  }
}
