import { request } from "node:https";
import { parse } from "yaml";
import type { ClusterOutputs } from "../../core/contract/outputs";
import { LabError } from "../../lab/labError";

interface Kubeconfig {
  clusters: [{ cluster: { "certificate-authority-data": string; "tls-server-name": string } }];
  users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
}

/**
 * Asks one entry of a cluster's API, each time by a new connection, as somebody who has just come: kubectl would take longer to
 * start than the API to come back, and may keep to an address that is dead.
 */
export class ApiClient {
  private readonly tls: { ca: Buffer; cert: Buffer; key: Buffer; servername: string };

  constructor(private readonly outputs: Pick<ClusterOutputs, "kubeconfig" | "apiEndpoints">) {
    const { clusters, users } = parse(outputs.kubeconfig) as Kubeconfig;
    const { "certificate-authority-data": ca, "tls-server-name": servername } = clusters[0].cluster;
    const { "client-certificate-data": cert, "client-key-data": key } = users[0].user;
    const [caBytes, certBytes, keyBytes] = [ca, cert, key].map((text) => Buffer.from(text, "base64"));
    this.tls = { ca: caBytes!, cert: certBytes!, key: keyBytes!, servername };
  }

  /** The address that people and the federation use: the virtual one where there is one. */
  get main(): string {
    return this.outputs.apiEndpoints[0]!;
  }

  get endpoints(): readonly string[] {
    return this.outputs.apiEndpoints;
  }

  /** The body of a GET. @throws Error when there is no good answer within `timeoutMs` */
  get(path: string, { endpoint = this.main, timeoutMs = 10_000 } = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const url = new URL(path, endpoint);
      const signal = AbortSignal.timeout(timeoutMs);
      const fail = (reason: string): void => reject(new LabError(`${endpoint}: ${reason}`));
      const asked = request(url, { ...this.tls, agent: false, signal }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("error", (error) => fail(error.message));
        answer.on("end", () => {
          const text = Buffer.concat(pieces).toString();
          if (answer.statusCode === 200) resolve(text);
          else fail(`${answer.statusCode} ${text.slice(0, 200)}`);
        });
      });
      asked.on("error", (error) => fail(signal.aborted ? `no answer within ${timeoutMs} ms` : error.message));
      asked.end();
    });
  }

  /** The answer of the main entry, else of whichever other entry answers first. */
  async getFromAny(path: string, timeoutMs = 10_000): Promise<string> {
    try {
      return await this.get(path, { timeoutMs });
    } catch (error) {
      const others = this.endpoints.filter((endpoint) => endpoint !== this.main);
      return Promise.any(others.map((endpoint) => this.get(path, { endpoint, timeoutMs }))).catch(() => {
        throw error;
      });
    }
  }
}
