import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { longestPollMs } from "./fetch";
import type { Broker } from "./internals";
import { patienceWith } from "./patience";

/** A request that has not been answered for so long makes it ask for the host. */
const doubtMs = 300;
/** Kafka's key of Fetch, whose answer waits for records. */
const fetchKey = 1;
const lookMs = 100;
/**
 * A host that took a connection is asked no more for so long: a broker that stands still keeps them waiting, with room for 50,
 * and one that is merely slow has more to do by each.
 */
const restMs = 5000;
/** Longest time to connect by TCP alone, longer where the broker is known to be slow. It covers a packet that is lost: TCP sends it again after a second. */
const tcpConnectMs = 1200;

/**
 * Tells a host that has died or cannot be reached from a broker that is slow. Both leave requests without an answer; but the
 * kernel of a living host takes connections however busy its processes are. So where an answer is late, a connection is
 * tried, and only where that fails too the host counts as gone: in under two seconds, long before the request's own limit,
 * and however slow the brokers are.
 */
export class HostWatch {
  private readonly asking = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  /**
   * @param brokers those that requests may be on their way to
   * @param onGone told `host:port` each time that one does not answer
   */
  constructor(
    private readonly brokers: () => readonly Broker[],
    private readonly onGone: (broker: string) => void,
  ) {
    this.timer = setInterval(() => this.look(), lookMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const { connectionPool } of this.brokers()) {
      if (connectionPool.pool.some(({ requestQueue }) => [...requestQueue.inflight.values()].some(isLate)))
        void this.ask(connectionPool.host, connectionPool.port);
    }
  }

  private async ask(host: string, port: number): Promise<void> {
    const broker = `${host}:${port}`;
    if (this.asking.has(broker)) return;
    this.asking.add(broker);
    if (await takesConnections(host, port, tcpConnectMs * patienceWith(broker)))
      await sleep(restMs, undefined, { ref: false });
    else this.onGone(broker);
    this.asking.delete(broker);
  }
}

function isLate({ sentAt, entry }: { sentAt: number | null; entry: { apiKey: number } }): boolean {
  return sentAt !== null && Date.now() - sentAt > doubtMs + (entry.apiKey === fetchKey ? longestPollMs : 0);
}

function takesConnections(host: string, port: number, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (there: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(there);
    };
    // In a process that stood still both may be due: the connection counts.
    const timer = setTimeout(() => setImmediate(end, false), withinMs);
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
