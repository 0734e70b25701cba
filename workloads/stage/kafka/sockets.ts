import net from "node:net";
import tls from "node:tls";
import { tcpConnectMs } from "./hostWatch";
import type { SocketOptions } from "./internals";

/**
 * Opens the sockets of one kafkajs client and can cut them. kafkajs takes a broker that accepted a connection for connected:
 * where the process behind it is frozen, its first request times out, the next try finds the connection "there", and
 * everything after that fails with "Broker not connected" for as long as it stays frozen. So a socket on which nothing ever
 * arrives is destroyed here, and with an error: kafkajs does not see one that merely closes.
 */
export class Sockets {
  private readonly open = new Map<string, Set<net.Socket>>();
  private closed = false;

  /** @param firstAnswerMs how long a broker may take until its first byte, connecting included */
  constructor(private readonly firstAnswerMs: number) {}

  /** As kafkajs wants it: a TLS socket where `ssl` is given. */
  readonly factory = ({ host, port, ssl, onConnect }: SocketOptions): net.Socket => {
    if (this.closed) return new net.Socket().destroy(new Error("this client is closed"));
    const servername = net.isIP(host) ? {} : { servername: host };
    const socket = ssl
      ? tls.connect({ host, port, ...servername, ...ssl }, onConnect)
      : net.connect({ host, port }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    const silent = setTimeout(
      () => socket.destroy(new Error(`no answer within ${this.firstAnswerMs} ms`)),
      this.firstAnswerMs,
    );
    socket.once("data", () => clearTimeout(silent));
    const absent = setTimeout(() => setImmediate(() => endIfConnecting(socket)), tcpConnectMs);
    socket.once("connect", () => clearTimeout(absent));
    const broker = `${host}:${port}`;
    const siblings = this.open.get(broker) ?? new Set();
    this.open.set(broker, siblings.add(socket));
    socket.once("close", () => {
      clearTimeout(silent);
      clearTimeout(absent);
      siblings.delete(socket);
    });
    return socket;
  };

  /** Cuts all connections to `host:port`, which may be half-open. */
  drop(broker: string): void {
    for (const socket of this.open.get(broker) ?? [])
      socket.destroy(new Error("dropped after a request that was not answered"));
  }

  /** Cuts all connections and opens no more. */
  close(): void {
    this.closed = true;
    for (const broker of this.open.keys()) this.drop(broker);
  }
}

/** A host that is there takes a connection at once; TLS and the first answer may take their time. */
function endIfConnecting(socket: net.Socket): void {
  if (socket.connecting) socket.destroy(new Error(`no connection within ${tcpConnectMs} ms`));
}
