import type { Cluster } from "./internals";

/**
 * Makes good a fault of kafkajs' connections: requests that come at the same time while a connection is closed each open a socket.
 * Only the last one is used. When the others end, as nothing ever arrives on them, the connection takes that for its own end and
 * fails what is under way.
 */
export function connectOnce({ connectionPoolBuilder }: InstanceType<typeof Cluster>): void {
  const build = connectionPoolBuilder.build.bind(connectionPoolBuilder);
  connectionPoolBuilder.build = async (destination) => {
    const made = await build(destination);
    for (const connection of made.pool) {
      const connect = connection.connect.bind(connection);
      let connecting: Promise<boolean> | undefined;
      connection.connect = () => {
        connecting ??= connect().finally(() => {
          connecting = undefined;
        });
        return connecting;
      };
    }
    return made;
  };
}
