import type * as pulumi from "@pulumi/pulumi";

/** Options of a component's children: provider and protection come down from the parent, `deletedWith` does not by itself. */
export function inheritedOptions(
  parent: pulumi.ComponentResource,
  { deletedWith }: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  return { parent, ...(deletedWith === undefined ? {} : { deletedWith }) };
}
