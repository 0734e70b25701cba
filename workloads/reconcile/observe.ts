import {
  AclOperations,
  AclPermissionTypes,
  ConfigResourceTypes,
  ConfigSources,
  describeUserScramCredentialsV0,
  ListOffsetTimestamps,
  ResourcePatternTypes,
  ResourceTypes,
  ScramMechanisms,
  type Admin,
} from "@platformatic/kafka";
import { ownedBy, type Acl } from "./acls";
import { anyConnection, canLogIn } from "./connect";
import { observeElections, type UncleanElections } from "./observeElections";
import type { LoadedJob } from "./readJob";

export interface ObservedTopic {
  partitions: number;
  replicationFactor: number;
  /** What is set on the topic itself; defaults of the brokers are not in it. */
  config: Record<string, string>;
  /** Records (and transaction markers) between the start and the end of its logs. */
  records: bigint;
}

/** What the cluster holds of what the job names or once named. */
export interface Observed {
  topics: Map<string, ObservedTopic>;
  /** Users that have a SCRAM-SHA-512 password, and whether it is the wanted one (unknown where none is wanted). */
  users: Map<string, "current" | "other" | "unknown">;
  acls: Acl[];
  /** Of the job's topics and of Kafka's own. */
  elections: UncleanElections;
}

/** Reads and changes nothing. */
export async function observe(admin: Admin, job: LoadedJob): Promise<Observed> {
  const acls = await readAcls(admin);
  const named = [
    ...job.state.topics.map(({ name }) => name),
    ...(job.state.removed?.topics ?? []),
    ...ownedBy(job.owner, "topic", acls),
  ];
  const existing = await admin.listTopics({ includeInternals: true });
  const ours = [...new Set(named)].filter((name) => existing.includes(name));
  const topics = await readTopics(admin, ours);
  const elections = await observeElections(admin, [...ours, ...existing.filter((name) => name.startsWith("__"))]);
  return { acls, topics, elections, users: await readUsers(admin, job) };
}

async function readAcls(admin: Admin): Promise<Acl[]> {
  const found = await admin.describeAcls({
    filter: {
      resourceType: ResourceTypes.ANY,
      resourceName: null,
      resourcePatternType: ResourcePatternTypes.ANY,
      principal: null,
      host: null,
      operation: AclOperations.ANY,
      permissionType: AclPermissionTypes.ANY,
    },
  });
  return found.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
    acls.map(({ principal, host, operation, permissionType }) => ({
      resourceType,
      resourceName,
      resourcePatternType,
      principal,
      host,
      operation,
      permissionType,
    })),
  );
}

async function readTopics(admin: Admin, names: readonly string[]): Promise<Map<string, ObservedTopic>> {
  if (names.length === 0) return new Map();
  const metadata = await admin.metadata({ topics: [...names], forceUpdate: true });
  const described = await admin.describeConfigs({
    resources: names.map((name) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName: name })),
  });
  const observed = new Map<string, ObservedTopic>();
  for (const name of names) {
    const partitions = metadata.topics.get(name)?.partitions ?? [];
    const configs = described.find(({ resourceName }) => resourceName === name)?.configs ?? [];
    const own = configs.filter(({ configSource }) => configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG);
    observed.set(name, {
      partitions: partitions.length,
      replicationFactor: partitions[0]?.replicas.length ?? 0,
      config: Object.fromEntries(own.map(({ name: key, value }) => [key, value ?? ""])),
      records: await countRecords(admin, name, partitions.length),
    });
  }
  return observed;
}

async function countRecords(admin: Admin, name: string, partitions: number): Promise<bigint> {
  const sumAt = async (timestamp: bigint) => {
    const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
    const [topic] = await admin.listOffsets({ topics: [{ name, partitions: wanted }] });
    return (topic?.partitions ?? []).reduce((sum, { offset }) => sum + offset, 0n);
  };
  return (await sumAt(ListOffsetTimestamps.LATEST)) - (await sumAt(ListOffsetTimestamps.EARLIEST));
}

async function readUsers(admin: Admin, job: LoadedJob): Promise<Observed["users"]> {
  const { results } = await describeUserScramCredentialsV0.api.async(await anyConnection(admin), null);
  const users: Observed["users"] = new Map();
  for (const { user, credentialInfos } of results) {
    if (!credentialInfos.some(({ mechanism }) => mechanism === ScramMechanisms.SCRAM_SHA_512)) continue;
    const wanted = job.passwords.has(user);
    users.set(user, !wanted ? "unknown" : (await canLogIn(job, user)) ? "current" : "other");
  }
  return users;
}
