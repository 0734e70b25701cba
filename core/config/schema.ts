import { z } from "zod";
import { versions } from "../artifacts";
import { longestTransactionMs } from "../contract/stageConfig";

/**
 * The one schema of the configuration: types, defaults, the JSON Schema for editors and the README's table come from it.
 * Rules that look at more than one key are in validateCluster.ts and validateFederation.ts.
 */

const name = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/,
    "is not a name; use lower-case letters, digits and dashes, at most 50",
  );
const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a host name; use lower-case letters, digits and dashes");
const ipv4 = z.ipv4("is not an IPv4 address");
const subnet = z.cidrv4("is not a subnet; write it as 10.244.0.0/16");
const port = z.int().min(1).max(65535);
const httpUrl = z.url({ protocol: /^https?$/, error: "is not an http(s) address" });

export const hostSchema = z.strictObject({
  address: ipv4.describe("Address that the operator's machine and the other hosts reach it by"),
  role: z.enum(["control-plane", "worker"]).describe("control-plane hosts run etcd and the API server"),
  hostKey: z
    .string()
    .regex(
      /^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa) \S+/,
      'is not an SSH host key; copy the line "ssh-keyscan" prints, without the address',
    )
    .optional()
    .describe("Public SSH host key; default: the entry in ssh.knownHostsFile"),
  apiEntry: z
    .boolean()
    .optional()
    .describe(
      "Serves the API on its address too, for people and the federation stack; default: every host, or only those that say so where any does",
    ),
  labels: z.record(z.string(), z.string()).default({}).describe("Kubernetes labels, for placement by label"),
  generation: z
    .int()
    .min(1)
    .default(1)
    .describe("Raise it when the machine was rebuilt or replaced: it is prepared and joins anew, its broker too"),
  broker: z
    .union([z.int().min(0), z.literal("none")])
    .optional()
    .describe("Id of its Kafka broker, or none; default: the free ids in the order of the host names"),
});

export const clusterSchema = z.strictObject({
  role: z.literal("cluster").describe("Turns hosts into a cluster with Kafka"),
  name: name.describe("Name of the cluster; prefix of its host and endpoint names"),
  kubernetes: z
    .strictObject({
      version: z
        .string()
        .regex(/^\d+\.\d+\.\d+$/, "is not a version like 1.36.3")
        .default(versions.kubernetes)
        .describe("Kubernetes version"),
      podSubnet: subnet.default("10.244.0.0/16").describe("Addresses of pods (Flannel)"),
      serviceSubnet: subnet.default("10.96.0.0/16").describe("Addresses of Services"),
      allowCgroupV1: z.boolean().default(false).describe("Let hosts with cgroup v1 join; Kubernetes has given it up"),
      restrictOomScoreAdj: z
        .boolean()
        .default(false)
        .describe("For hosts that may not lower oom_score_adj (containers without CAP_SYS_RESOURCE)"),
      keepConntrackLimits: z
        .boolean()
        .default(false)
        .describe("For hosts whose conntrack limits cannot be set (network namespaces)"),
      statsPeriodSeconds: z
        .int()
        .min(1)
        .max(600)
        .default(10)
        .describe("How often containerd collects container statistics"),
      goMaxProcs: z
        .int()
        .min(1)
        .optional()
        .describe(
          "Processors that each of Kubernetes' own programs uses at the most (default: all); 1 saves time on hosts that share theirs",
        ),
      evictBelowFreeDiskPercent: z
        .int()
        .min(1)
        .max(50)
        .default(10)
        .describe("Pods leave a host whose disk has less free; lower it on large or shared disks"),
      systemReservedMemoryMiB: z.int().min(0).default(0).describe("Memory of a host that pods may not use"),
    })
    .prefault({}),
  endpoint: z
    .strictObject({
      port: port.default(8443).describe("Port of the API through HAProxy"),
      virtualIp: ipv4.optional().describe("Address that keepalived holds on one of the entry hosts"),
    })
    .prefault({}),
  backup: z
    .strictObject({
      intervalHours: z
        .int()
        .min(1)
        .max(168)
        .default(6)
        .describe(
          "Time between snapshots of etcd, on every control plane, hours: what a restore from one loses at the most",
        ),
      keep: z
        .int()
        .min(1)
        .max(1000)
        .default(4)
        .describe("Snapshots that each control plane keeps of each; with the default interval a day of them"),
    })
    .prefault({}),
  ssh: z.strictObject({
    user: z.string().min(1).default("root").describe("Must be root, or the scripts' sudo rights are missing"),
    port: port.default(22).describe("Port of sshd on every host"),
    privateKeyFile: z.string().min(1).describe("Path of the private key, from the project folder; no passphrase"),
    knownHostsFile: z.string().min(1).optional().describe("OpenSSH known_hosts file with the keys of the hosts"),
  }),
  hosts: z.record(hostName, hostSchema).describe("The rack, keyed by host name"),
  kafka: z
    .strictObject({
      heapMiB: z.int().min(192).max(8192).default(256).describe("Java heap of a broker, MiB"),
      retentionHours: z.int().min(1).default(168).describe("How long a stream keeps records unless it says otherwise"),
      maxMessageMiB: z
        .int()
        .min(1)
        .max(64)
        .default(4)
        .describe("Largest record batch of brokers, streams and stages, MiB; then `pulumi up` the federation, too"),
      sessionMs: z
        .int()
        .min(1000)
        .max(60_000)
        .default(1500)
        .describe(
          "A broker silent for longer counts as dead: others lead its partitions, and records wait no more for it",
        ),
      dataPath: z.string().startsWith("/").default("/var/lib/iotef/kafka").describe("Folder on each host"),
      storageGiB: z.int().min(1).default(5).describe("Size of a broker's volume, GiB"),
    })
    .prefault({}),
  images: imagesSchema(),
  mirror: httpUrl.optional().describe("Base address put before every artifact and image: air-gapped sites, the lab"),
});

const streamSchema = z.strictObject({
  cluster: name.describe("Cluster that holds the stream"),
  partitions: z.int().min(1).max(1000).default(5).describe("Lanes; may grow, never shrink"),
  retention: z
    .strictObject({
      hours: z.int().min(1).optional().describe("Default: the cluster's kafka.retentionHours"),
      mebibytesPerPartition: z
        .int()
        .min(1)
        .optional()
        .describe("Oldest records go when a lane holds more; default: no limit"),
    })
    .default({}),
});

const stageSchema = z.strictObject({
  process: name.describe("Processor module in the stage's image"),
  image: z.string().min(1).optional().describe("Default: <images.registry>/<process>:<images.tag>"),
  from: name.optional().describe("Stream that is read; none for device sources"),
  to: name.describe("Stream that is written"),
  replicas: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe(
      "Copies over the hosts of the place; more than lane groups are spares. With 3, any two hosts may fail at once",
    ),
  laneGroups: z.int().min(1).max(100).default(2).describe("Units of work sharing; changing it fences the old ones"),
  memoryMiB: z.int().min(64).default(256).describe("Memory limit of a copy, MiB"),
  options: z.record(z.string(), z.unknown()).default({}).describe("Options of the processor"),
  acceptLoss: z
    .boolean()
    .default(false)
    .describe(
      "Go on where records were deleted before they were read, and count them; else the lane stops and says which",
    ),
  timing: z
    .strictObject({
      sessionMs: z
        .int()
        .min(1000)
        .max(60_000)
        .optional()
        .describe("A copy silent for longer loses its lanes; default 1300"),
      transactionTimeoutMs: z
        .int()
        .min(5000)
        .max(longestTransactionMs)
        .optional()
        .describe(`Default 20000; doubled, up to ${longestTransactionMs}, where transactions need longer`),
      maxCommitIntervalMs: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe("Longest time between two transactions; more of it costs latency and saves broker CPU; default 100"),
    })
    .default({}),
});

const placementSchema = z.union([
  name,
  z.strictObject({
    cluster: name.describe("Cluster that the stage runs on"),
    hosts: z
      .union([
        z.array(hostName).min(1),
        z.strictObject({
          labels: z.record(z.string(), z.string()).describe("Labels that a host must have, all of them"),
        }),
      ])
      .optional()
      .describe("Host names or labels within the cluster; default: any host"),
  }),
]);

export const federationSchema = z.strictObject({
  role: z.literal("federation").describe("Places streams and stages on clusters"),
  pipeline: name.default("iotef").describe("Prefix of topics, groups, users and transactional ids"),
  clusters: z
    .record(name, z.string().min(1))
    .describe("Cluster name to stack reference, for example organization/iotef/edge"),
  streams: z.record(name, streamSchema).default({}),
  stages: z.record(name, stageSchema).default({}),
  placement: z.record(name, placementSchema).default({}).describe("Where each stage runs"),
  images: imagesSchema(),
  deleteDataOfRemovedStreams: z
    .boolean()
    .default(false)
    .describe("Removing a stream that still holds records is refused unless true"),
});

function imagesSchema() {
  return z
    .strictObject({
      registry: z.string().min(1).default("ghcr.io/iotef").describe("Registry and path of IoTEF's own images"),
      tag: z.string().min(1).default("0.1.0").describe("Tag of IoTEF's own images; digests go before it"),
      digests: z
        .record(name, z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not a digest like sha256:..."))
        .default({})
        .describe("Image name to digest; pins what runs, and a change of it rolls the pods"),
      digestsFile: z
        .string()
        .min(1)
        .optional()
        .describe("JSON file of image name to digest, as the image build leaves it; digests goes before it"),
    })
    .prefault({});
}

export type ClusterConfig = z.output<typeof clusterSchema>;
export type FederationConfig = z.output<typeof federationSchema>;
export type HostConfig = ClusterConfig["hosts"][string];
export type StreamConfig = FederationConfig["streams"][string];
export type StageSpec = FederationConfig["stages"][string];
export type PlacementSpec = FederationConfig["placement"][string];
export type Config = ClusterConfig | FederationConfig;
