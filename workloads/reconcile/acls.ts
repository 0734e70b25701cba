import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes, type Acl } from "@platformatic/kafka";
import type { Right } from "../../core/contract/kafkaState";

const resources = {
  topic: ResourceTypes.TOPIC,
  group: ResourceTypes.GROUP,
  "transactional-id": ResourceTypes.TRANSACTIONAL_ID,
  cluster: ResourceTypes.CLUSTER,
} as const;

const operations = {
  read: AclOperations.READ,
  write: AclOperations.WRITE,
  describe: AclOperations.DESCRIBE,
  create: AclOperations.CREATE,
  alter: AclOperations.ALTER,
  "describe-configs": AclOperations.DESCRIBE_CONFIGS,
  "idempotent-write": AclOperations.IDEMPOTENT_WRITE,
} as const;

export type { Acl };

/** The rights of one user as Kafka keeps them: one entry per operation. */
export function aclsOfUser(user: string, rights: readonly Right[]): Acl[] {
  return rights.flatMap((right) =>
    right.operations.map((operation) => ({
      resourceType: resources[right.resource],
      resourceName: right.name,
      resourcePatternType: right.pattern === "prefixed" ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
      principal: `User:${user}`,
      host: "*",
      operation: operations[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  );
}

/**
 * The mark that says whose a topic or user is: an ACL for a principal that never logs in. It lives in the cluster's own
 * metadata, beside what it marks, so no stack has to remember what it once wanted.
 */
export function ownershipMark(owner: string, kind: "topic" | "user", name: string): Acl {
  return {
    resourceType: kind === "topic" ? ResourceTypes.TOPIC : ResourceTypes.USER,
    // Resources of the type user are named with their principal type.
    resourceName: kind === "topic" ? name : `User:${name}`,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:iotef-owner:${owner}`,
    host: "*",
    operation: kind === "topic" ? AclOperations.DESCRIBE : AclOperations.DESCRIBE_TOKENS,
    permissionType: AclPermissionTypes.ALLOW,
  };
}

/** Names of what `owner` has marked. */
export function ownedBy(owner: string, kind: "topic" | "user", acls: readonly Acl[]): string[] {
  const { principal, resourceType } = ownershipMark(owner, kind, "");
  return acls
    .filter((acl) => acl.principal === principal && acl.resourceType === resourceType)
    .map(({ resourceName }) => (kind === "topic" ? resourceName : resourceName.replace(/^User:/, "")));
}

/** Two entries are one when all seven fields are. */
export function aclKey(acl: Acl): string {
  const { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType } = acl;
  return JSON.stringify([resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType]);
}

/** For people: `read on topic iotef.*`. */
export function describeAcl(acl: Acl): string {
  const name = nameOf(operations, acl.operation);
  const star = acl.resourcePatternType === ResourcePatternTypes.PREFIXED ? "*" : "";
  const denied = acl.permissionType === AclPermissionTypes.DENY ? "no " : "";
  return `${denied}${name} on ${nameOf(resources, acl.resourceType)} ${acl.resourceName}${star}`;
}

function nameOf(names: Record<string, number>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? `#${value}`;
}
