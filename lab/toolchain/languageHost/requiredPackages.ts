import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { installedPackages, type PackageManifest } from "./installedPackages";

/**
 * The provider plugins that the installed SDK packages ask for, so that a missing one fails the run at its start.
 * A package asks by `pulumi.resource: true` in its package.json.
 */
export function requiredPackages(programDirectory: string): plugin.PackageDependency[] {
  const packages = installedPackages(programDirectory);
  warnAboutMixedSdks(packages);
  return packages.flatMap((manifest) => {
    const { pulumi } = manifest;
    const name = pulumi?.name ?? /^@pulumi\/(.+)$/.exec(manifest.name ?? "")?.[1];
    const version = pulumi?.version || manifest.version;
    if (!pulumi?.resource || !name || !version) return [];
    const dependency = new plugin.PackageDependency();
    dependency.setName(name);
    dependency.setKind("resource");
    dependency.setVersion(version.startsWith("v") ? version : `v${version}`);
    dependency.setServer(pulumi.server ?? "");
    if (pulumi.parameterization) {
      const parameterization = new plugin.PackageParameterization();
      parameterization.setName(pulumi.parameterization.name);
      parameterization.setVersion(pulumi.parameterization.version);
      parameterization.setValue(pulumi.parameterization.value);
      dependency.setParameterization(parameterization);
    }
    return [dependency];
  });
}

function warnAboutMixedSdks(packages: PackageManifest[]): void {
  const versions = new Set(
    packages.filter(({ name }) => name === "@pulumi/pulumi").map(({ version }) => version ?? "?"),
  );
  if (new Set([...versions].map((version) => version.split(".")[0])).size > 1) {
    process.stderr.write(
      `Found incompatible versions of @pulumi/pulumi: ${[...versions].join(", ")}. Differing major versions are not supported.\n`,
    );
  }
}
