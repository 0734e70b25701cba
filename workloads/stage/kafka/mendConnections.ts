import type { Cluster, Connection, ProtocolRequest } from "./internals";
import { waitAsLongAsItTakes } from "./patience";

/** Makes three faults of kafkajs' connections good, on all that a client opens from now on. */
export function mendConnections({ connectionPoolBuilder }: InstanceType<typeof Cluster>): void {
  const build = connectionPoolBuilder.build.bind(connectionPoolBuilder);
  connectionPoolBuilder.build = async (destination) => {
    const made = await build(destination);
    for (const connection of made.pool) {
      waitAsLongAsItTakes(connection);
      connectOnce(connection);
      knowPartitionsWithoutLeader(connection);
    }
    return made;
  };
}

/**
 * Requests that come at the same time while a connection is closed each open a socket, of which only the last one is used. When
 * the others end, as nothing ever arrives on them, the connection takes that for its own end and fails what is under way.
 */
function connectOnce(connection: Connection): void {
  const connect = connection.connect.bind(connection);
  let connecting: Promise<boolean> | undefined;
  connection.connect = () => {
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
}

/**
 * A topic of which one partition has no leader at the moment counts as one that nothing is known of, although the answer tells of
 * all the others: no lane of it could be read or written. Such a partition has the leader -1, which is looked at where it is used.
 */
function knowPartitionsWithoutLeader(connection: Connection): void {
  const send = connection.send.bind(connection);
  connection.send = (asked) =>
    asked.request.apiName === "Metadata" ? send(withoutErrorsOfPartitions(asked)) : send(asked);
}

interface MetadataAnswer {
  topicMetadata?: { partitionMetadata: { partitionErrorCode: number }[] }[];
}

function withoutErrorsOfPartitions<Answer>(asked: ProtocolRequest<Answer>): ProtocolRequest<Answer> {
  const parse = (answer: Answer): Promise<Answer> => {
    const { topicMetadata = [] } = answer as MetadataAnswer;
    for (const { partitionMetadata } of topicMetadata)
      for (const partition of partitionMetadata) partition.partitionErrorCode = 0;
    return asked.response.parse(answer);
  };
  return { ...asked, response: { ...asked.response, parse } };
}
