import * as pulumi from "@pulumi/pulumi";

const annotation = "pulumi.com/patchFieldManager";

/**
 * Applies every Kubernetes object under one field manager's name. Without it each creation takes a random one, and an `up` that was
 * killed in a creation cannot be run again: the object is there, and its fields belong to a manager that nobody remembers.
 */
export const ownFields: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  if (!type.startsWith("kubernetes:")) return undefined;
  const metadata = pulumi.output(props.metadata).apply((given: ObjectMeta = {}) => ({
    ...given,
    annotations: { ...given.annotations, [annotation]: "iotef" },
  }));
  return { props: { ...props, metadata }, opts };
};

interface ObjectMeta {
  annotations?: Record<string, string>;
}
