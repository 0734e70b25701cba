/**
 * What the federation stack tells a stage's container: one JSON file, mounted read-only. Credentials are files beside it
 * (a Secret), so that this file may be a ConfigMap. The stage runtime validates it with the schema in workloads/stage.
 */
export interface StageConfig {
  /** Prefix of topics, groups and transactional ids, for example `iotef`. */
  pipeline: string;
  stage: string;
  /** Name of the processor module in the image, for example `compress`. */
  process: string;
  /** Cluster on which this replica runs. */
  place: string;
  /** Grows whenever the placement of the stage changes (milliseconds since the epoch); lanes go to the members with the highest. */
  generation: number;
  /** How many lane groups share the stage's lanes: lane p belongs to group p mod laneGroups. */
  laneGroups: number;
  /** The stream that is read; missing where the processor is a device source with a position of its own. */
  from?: StreamEndpoint;
  /** The stream that is written; missing only for stages that write to a system outside. */
  to: StreamEndpoint;
  /** Topics at the destination, beside the output. */
  checkpointTopic: string;
  deadLetterTopic: string;
  /** Free-form options of the processor; it validates them itself. */
  options: Record<string, unknown>;
  /** Go on at the start of the source's log where records were deleted unread, and count them. @default false: the lane stops */
  acceptLoss?: boolean;
  timing?: StageTiming;
}

/** Times that rarely need changing, milliseconds. */
export interface StageTiming {
  /** A replica that is silent for longer loses its lanes; brokers must allow it (group.min.session.timeout.ms). @default 1300 */
  sessionMs?: number;
  /** A transaction that is open for longer is aborted by the brokers. @default 20000 */
  transactionTimeoutMs?: number;
  /** Longest interval between transactions under load. @default 100 */
  maxCommitIntervalMs?: number;
}

/** The longest that brokers let a transaction take, milliseconds; a stage may ask for no more. */
export const longestTransactionMs = 60_000;

/** A stream as a client sees it. */
export interface StreamEndpoint {
  /** Name of the cluster that holds it. */
  cluster: string;
  /** Kafka's cluster id: part of the source coordinates and of the fence. */
  clusterId: string;
  topic: string;
  partitions: number;
  /**
   * `host:port` of brokers to begin with, or the file that holds them, one a line. The file is read anew for each connection, so
   * brokers come and go without a restart of the copies.
   */
  bootstrapServers: string[] | { file: string };
  /** Where SASL_SSL is used (always, but for local brokers in tests): files with the CA's PEM, the user and the password. */
  security?: { caFile: string; usernameFile: string; passwordFile: string };
  /** Largest record batch the brokers take, bytes. */
  maxMessageBytes: number;
}

/** Paths inside a stage's container. */
export const stagePaths = {
  config: "/etc/iotef/stage.json",
  /** `<secrets>/<from|to>/{ca.crt,username,password}` */
  secrets: "/etc/iotef/secrets",
  /** `<brokers>/<from|to>`: brokers to begin with, one a line. */
  brokers: "/etc/iotef/brokers",
} as const;

/** Port of health (`/healthz` live, `/readyz` ready) and metrics (`/metrics`). */
export const stageHttpPort = 9464;
