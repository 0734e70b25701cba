import { DependencyInfo } from "@pulumi/pulumi/proto/language_pb";
import { installedPackages, readManifest } from "./installedPackages";

/** The packages of a program with their installed versions, for `pulumi about`. */
export function programDependencies(programDirectory: string, transitive: boolean): DependencyInfo[] {
  const manifest = readManifest(programDirectory);
  const direct = new Set(Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }));
  return installedPackages(programDirectory)
    .filter(({ name, version }) => name && version && (transitive || direct.has(name)))
    .map(({ name, version }) => {
      const info = new DependencyInfo();
      info.setName(name ?? "");
      info.setVersion(version ?? "");
      return info;
    });
}
