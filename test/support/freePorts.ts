import net from "node:net";

/** Below what the kernel gives to outgoing connections: a port of those may be taken between here and the use. */
const first = 10_000;
const count = 11_000;
const given = new Set<number>();

/** Ports of 127.0.0.1 that nobody listens on, all different, also from those of earlier calls. */
export async function freePorts(wanted: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < wanted) {
    const port = first + Math.floor(Math.random() * count);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
