import type { KafkaState } from "./kafkaState";

/** What a stack hands to the reconcile Job beside the desired state: whose it is and how to reach the brokers. */
export interface ReconcileJob {
  /**
   * Whose topics and users these are, for example the pipeline. What an owner wanted before and wants no longer is
   * removed; what another owner, or nobody, made is left alone.
   */
  owner: string;
  /** `address:port` of the client listeners (SASL_SSL). */
  bootstrapServers: string[];
  /** `address:port` of the listeners for client certificates; with them `operator.pem` is used, else `username`. */
  brokerServers?: string[];
  /** PEM of the authority that signed the brokers' certificates. */
  ca: string;
  /** SCRAM-SHA-512 user with all rights; its password is the file `password`. */
  username?: string;
  state: KafkaState;
  /** Have Kafka make its internal topics now, once this many brokers are registered, instead of at their first use. */
  internalTopics?: { brokers: number };
  /** Wait until these brokers are in, with all replicas in sync and the right ones voting; forget all others. */
  brokers?: WantedBroker[];
  /** Instead of everything else: have these brokers give up what they hold, or refuse. */
  drain?: { from: number[]; to: number[] };
}

export interface WantedBroker {
  id: number;
  /** Name of its host, for messages. */
  host: string;
  voter: boolean;
  /** Of its host: a new one is a reason to look again. */
  generation: number;
}

/** Files inside the reconcile container. */
export const reconcileFiles = {
  job: "/etc/iotef/reconcile/job.json",
  /** Holds `operator.pem` or `password`, and `users/<name>` with each user's password. */
  secrets: "/etc/iotef/secrets",
} as const;

/** Exit code for a desired state that the Job refuses (it would lose data): trying again cannot help. */
export const reconcileRefused = 2;
