import type { LocalKafka } from "../support/localKafka";

/** One end of a route: a topic, and the addresses by which a contender reaches its cluster. */
export interface RouteEnd {
  kafka: LocalKafka;
  /** Name of the cluster. */
  cluster: string;
  bootstrapServers: string[];
  topic: string;
}

/** What a contender has to do: copy every record of a topic to another one, partition by partition. */
export interface Route {
  /** Unique in a run; for the names of groups, transactional ids and internal topics. */
  id: string;
  from: RouteEnd;
  to: RouteEnd;
  partitions: number;
}

/** A contender at work. */
export interface Running {
  /** Its processes, for the account of CPU time. */
  readonly pids: readonly number[];
  /** @throws Error with its last words when it has ended by itself */
  check(): void;
  /** Ends all its processes. */
  stop(): Promise<void>;
}

/** A program that copies records, to be compared with the others. */
export interface Contender {
  /** As `--only` and the table name it. */
  readonly name: string;
  readonly guarantee: "exactly once" | "at least once";
  /** It cannot cross clusters: its source is at the destination. */
  readonly insideOneCluster: boolean;
  /** Starts to copy from the start of the source; returns as soon as its processes run. */
  start(route: Route): Promise<Running>;
}
