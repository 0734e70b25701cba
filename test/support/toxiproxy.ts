import { spawn, type ChildProcess } from "node:child_process";
import { Hopeless, until } from "../../core/wait";
import { freePorts } from "./freePorts";

/** What a connection through a proxy can be made to suffer; names and units are toxiproxy's. */
export type Toxic =
  /** Milliseconds, each direction that it is added to. */
  | { type: "latency"; attributes: { latency: number; jitter?: number } }
  /** Nothing passes, and the connection stays open (timeout 0) or closes after so many milliseconds. */
  | { type: "timeout"; attributes: { timeout: number } }
  /** The connection is reset after so many milliseconds. */
  | { type: "reset_peer"; attributes: { timeout: number } };

/** Shopify's toxiproxy as its own process: TCP proxies on 127.0.0.1, steered over HTTP. */
export class Toxiproxy {
  private readonly killOnExit = () => this.server.kill("SIGKILL");

  private constructor(
    private readonly server: ChildProcess,
    private readonly api: string,
  ) {
    process.once("exit", this.killOnExit);
  }

  /** @param program path of toxiproxy-server; @default IOTEF_TOXIPROXY, which `./scripts/test` and `./scripts/chaos` set */
  static async start(program = process.env["IOTEF_TOXIPROXY"]): Promise<Toxiproxy> {
    if (program === undefined)
      throw new Error("no toxiproxy: set IOTEF_TOXIPROXY to the path of toxiproxy-server, or run it by ./scripts/test");
    const [port] = await freePorts(1);
    const args = ["--pdeathsig", "KILL", program, "-host", "127.0.0.1", "-port", String(port)];
    const server = spawn("setpriv", args, { stdio: "ignore" });
    const proxy = new Toxiproxy(server, `http://127.0.0.1:${port}`);
    await until(
      `toxiproxy answers on port ${port}`,
      async () => {
        if (server.exitCode !== null) throw new Hopeless(`${program} ended with ${server.exitCode}`);
        await proxy.call("GET", "/proxies");
      },
      { within: 300, every: 0.1 },
    );
    return proxy;
  }

  /** Undefined only when it could not be started. */
  get pid(): number | undefined {
    return this.server.pid;
  }

  /** Makes a proxy in front of a port of 127.0.0.1. Returns the port that it listens on. */
  async listen(name: string, upstreamPort: number): Promise<number> {
    const made = await this.call("POST", "/proxies", {
      name,
      listen: "127.0.0.1:0",
      upstream: `127.0.0.1:${upstreamPort}`,
      enabled: true,
    });
    return Number((made as { listen: string }).listen.split(":").at(-1));
  }

  /** Closes a proxy's connections and refuses new ones, or takes them again. */
  async setOpen(name: string, enabled: boolean): Promise<void> {
    await this.call("POST", `/proxies/${name}`, { enabled });
  }

  /** Adds a toxic to one direction of a proxy; of those of the same type and direction one counts, the newest as a rule. */
  async poison(name: string, stream: "upstream" | "downstream", toxic: Toxic): Promise<void> {
    const toxicName = `${toxic.type}-${stream}`;
    await this.remove(name, toxicName);
    try {
      await this.call("POST", `/proxies/${name}/toxics`, { name: toxicName, stream, toxicity: 1, ...toxic });
    } catch (error) {
      // Another one of the kind came between the two calls.
      if (!/toxic already exists/.test((error as Error).message)) throw error;
    }
  }

  /** Adds a toxic to both directions of a proxy, one after the other. */
  async poisonBothWays(name: string, toxic: Toxic): Promise<void> {
    for (const stream of ["upstream", "downstream"] as const) await this.poison(name, stream, toxic);
  }

  /** Removes a toxic, if it is there. */
  async cure(name: string, stream: "upstream" | "downstream", type: Toxic["type"]): Promise<void> {
    await this.remove(name, `${type}-${stream}`);
  }

  /** Opens all proxies and removes all toxics. */
  async heal(): Promise<void> {
    await this.call("POST", "/reset");
  }

  async stop(): Promise<void> {
    process.off("exit", this.killOnExit);
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const gone = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGKILL");
    await gone;
  }

  private async remove(name: string, toxicName: string): Promise<void> {
    const response = await fetch(`${this.api}/proxies/${name}/toxics/${toxicName}`, { method: "DELETE" });
    if (!response.ok && response.status !== 404)
      throw new Error(`toxiproxy: removing ${toxicName} of ${name}: ${response.status} ${await response.text()}`);
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.api}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy: ${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
