export interface LocalBroker {
  id: number;
  port: number;
  /** The port that stages are told. */
  stagePort: number;
  dataDir: string;
}

/** What a combined broker and voter of a small local cluster gets. */
export function brokerProperties(
  { id, port, dataDir }: LocalBroker,
  controllerPort: number,
  voters: string,
  replicas: number,
): Record<string, string> {
  const minInSync = String(Math.max(1, replicas - 1));
  return {
    "process.roles": "broker,controller",
    "node.id": String(id),
    "controller.quorum.voters": voters,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `BROKER://127.0.0.1:${port}`,
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "BROKER",
    "log.dirs": dataDir,
    "num.network.threads": "2",
    "num.io.threads": "2",
    "num.recovery.threads.per.data.dir": "1",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": "8388608",
    "log.index.size.max.bytes": "262144",
    "offsets.topic.replication.factor": String(replicas),
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.replication.factor": String(replicas),
    "transaction.state.log.min.isr": minInSync,
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.replication.factor": String(replicas),
    "share.coordinator.state.topic.min.isr": minInSync,
    "default.replication.factor": String(replicas),
    "min.insync.replicas": minInSync,
    "auto.create.topics.enable": "false",
    "message.max.bytes": "4194304",
    "replica.fetch.max.bytes": "4194304",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "broker.session.timeout.ms": "5000",
    "broker.heartbeat.interval.ms": "1000",
  };
}

/** The properties that a second listener changes. */
export function stageListener(
  { port, stagePort }: LocalBroker,
  controllerPort: number,
  behind: number,
): Record<string, string> {
  return {
    listeners: `BROKER://127.0.0.1:${port},STAGE://127.0.0.1:${behind},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `BROKER://127.0.0.1:${port},STAGE://127.0.0.1:${stagePort}`,
    "listener.security.protocol.map": "BROKER:PLAINTEXT,STAGE:PLAINTEXT,CONTROLLER:PLAINTEXT",
  };
}
