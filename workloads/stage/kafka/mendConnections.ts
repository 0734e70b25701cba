import type { Cluster, Connection } from "./internals";
import { waitAsLongAsItTakes } from "./patience";

/** Makes two faults of kafkajs' connections good, on all that a client opens from now on. */
export function mendConnections({ connectionPoolBuilder }: InstanceType<typeof Cluster>): void {
  const build = connectionPoolBuilder.build.bind(connectionPoolBuilder);
  connectionPoolBuilder.build = async (destination) => {
    const made = await build(destination);
    for (const connection of made.pool) {
      waitAsLongAsItTakes(connection);
      connectOnce(connection);
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
