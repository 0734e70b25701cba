import net from "node:net";
import tls from "node:tls";
import type { SocketOptions } from "./internals";
import { patienceWith } from "./patience";

/**
 * How long TCP alone may take to connect: a host that is there takes a connection at once. The first try is short, as what asks
 * looks for another leader after it; each one that fails doubles it for the next, for packets that are lost or have far to go.
 */
const tcpConnectMs = { first: 400, most: 3200 };
/** By `host:port`, where the first try did not do. For all clients of the process: they are made anew after failures. */
const tcpConnectMsOf = new Map<string, number>();

/**
 * Opens the sockets of one kafkajs client and can cut them. kafkajs takes a broker that accepted a connection for connected:
 * where the process behind it is frozen, its first request times out, the next try finds the connection "there", and
 * everything after that fails with "Broker not connected" for as long as it stays frozen. So a socket on which nothing ever
 * arrives is destroyed here, and with an error: kafkajs does not see one that merely closes.
 */
export class Sockets {
  private readonly open = new Map<string, Set<net.Socket>>();
  private closed = false;

  /** @param firstAnswerMs how long a broker may take until its first byte, connecting included; longer where it is known to be slow */
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
    const broker = `${host}:${port}`;
    const limit = this.firstAnswerMs * patienceWith(broker);
    const silent = setTimeout(() => socket.destroy(new Error(`no answer within ${limit} ms`)), limit);
    socket.once("data", () => clearTimeout(silent));
    const absent = limitTcpConnect(socket, broker);
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

/** Ends a socket that does not connect in time. Returns the timer. */
function limitTcpConnect(socket: net.Socket, broker: string): NodeJS.Timeout {
  const limit = tcpConnectMsOf.get(broker) ?? tcpConnectMs.first;
  const end = () => {
    if (!socket.connecting) return;
    tcpConnectMsOf.set(broker, Math.min(limit * 2, tcpConnectMs.most));
    socket.destroy(new Error(`no connection within ${limit} ms`));
  };
  // In a process that stood still both may be due: the connection counts.
  const timer = setTimeout(() => setImmediate(end), limit);
  socket.once("connect", () => {
    clearTimeout(timer);
    tcpConnectMsOf.delete(broker);
  });
  return timer;
}
