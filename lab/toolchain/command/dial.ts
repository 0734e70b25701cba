import { connect as connectTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { Client, utils, type ConnectConfig } from "ssh2";
import type { OperationContext } from "../provider/provider";
import type { Connection, Endpoint } from "./connection";
import { HOST_KEY_MISMATCH, handshakeText, tcpText } from "./dialErrors";

/** Delays between attempts as pulumi's sdk/go/common/util/retry: 100 ms, half as much again each time, 5 s at most. */
const FIRST_DELAY_MS = 100;
const BACKOFF = 1.5;
const LONGEST_DELAY_MS = 5000;

/** The official limit is one of the TCP connection alone; a busy host needs longer to shake hands. */
const HANDSHAKE_PATIENCE = 4;

/** A host that stops answering for five minutes while a command runs has lost it. */
const KEEPALIVE = { keepaliveInterval: 30_000, keepaliveCountMax: 10 };

/**
 * Logs in, through the proxy if there is one, and tries again as the connection's limits say.
 * A wrong host key ends it at once. Errors are worded as the official plugin's.
 */
export async function dial(connection: Connection, context: OperationContext): Promise<Client> {
  const { proxy } = connection;
  if (!proxy) {
    return withRetry("Dial", connection.dialErrorLimit, context, async () =>
      logIn(connection, await openTcp(connection)),
    );
  }
  try {
    const bastion = await withRetry("Dial proxy", proxy.dialErrorLimit, context, async () =>
      logIn(proxy, await openTcp(proxy)),
    );
    try {
      const target = await withRetry("Dial from proxy", connection.dialErrorLimit, context, async () =>
        logIn(connection, await forward(bastion, connection)),
      );
      target.once("close", () => bastion.end());
      return target;
    } catch (error) {
      bastion.end();
      throw error;
    }
  } catch (error) {
    throw new Error(`proxy: ${(error as Error).message}`);
  }
}

async function withRetry<T>(
  what: string,
  limit: number,
  context: OperationContext,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 0, wait = FIRST_DELAY_MS; ; tries++, wait = Math.min(wait * BACKOFF, LONGEST_DELAY_MS)) {
    if (context.signal.aborted) throw context.signal.reason;
    try {
      return await attempt();
    } catch (error) {
      const { message } = error as Error;
      if (message.includes(HOST_KEY_MISMATCH)) throw error;
      if (limit > -1 && tries + 1 > limit) {
        throw new Error(`after ${tries} failed attempts: ${message}`);
      }
      context.status("info", `${what} ${tries + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
      await delay(wait, undefined, { signal: context.signal }).catch(() => {
        throw context.signal.reason;
      });
    }
  }
}

function openTcp(endpoint: Endpoint): Promise<Socket> {
  const { host, port, perDialTimeout } = endpoint;
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port: Math.trunc(port), noDelay: true });
    const fail = (error: NodeJS.ErrnoException) => {
      socket.destroy();
      reject(new Error(tcpText(endpoint, error)));
    };
    socket.once("error", fail);
    if (perDialTimeout > 0) {
      socket.setTimeout(perDialTimeout * 1000, () => fail(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    }
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

function forward(bastion: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) =>
    bastion.forwardOut("127.0.0.1", 0, host, Math.trunc(port), (error, stream) =>
      error ? reject(error) : resolve(stream),
    ),
  );
}

function logIn(endpoint: Endpoint, sock: Duplex): Promise<Client> {
  const { perDialTimeout, password } = endpoint;
  return new Promise((resolve, reject) => {
    const client = new Client();
    const config = { sock, ...credentials(endpoint), ...pinHostKey(endpoint), ...KEEPALIVE } as ConnectConfig;
    const fail = (error: Error & { level?: string }) => {
      // An agent that does not answer leaves the other credentials to try.
      if (error.level === "agent") return;
      client.destroy();
      sock.destroy();
      reject(new Error(handshakeText(error, config)));
    };
    client.on("error", fail);
    client.once("close", () => fail(new Error("EOF")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => password ?? "")),
    );
    client.once("ready", () => {
      client.removeAllListeners("close");
      client.off("error", fail);
      // What breaks later ends the channel, whose user tells of it; unheard it would end the whole provider.
      client.on("error", () => undefined);
      resolve(client);
    });
    try {
      client.connect({ ...config, readyTimeout: perDialTimeout * 1000 * HANDSHAKE_PATIENCE });
    } catch (error) {
      fail(error as Error);
    }
  });
}

function credentials(endpoint: Endpoint): Partial<ConnectConfig> {
  const { user, password, privateKey, privateKeyPassword } = endpoint;
  const agent = endpoint.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  return {
    username: user,
    ...(privateKey ? { privateKey, passphrase: privateKeyPassword } : {}),
    ...(password ? { password, tryKeyboard: true } : {}),
    ...(agent ? { agent } : {}),
  };
}

function pinHostKey({ hostKey }: Endpoint): Partial<ConnectConfig> {
  if (!hostKey) return { hostVerifier: () => true };
  const wanted = utils.parseKey(hostKey.trim());
  if (wanted instanceof Error) throw new Error(`connection.hostKey: ${wanted.message}`);
  const key = Array.isArray(wanted) ? wanted[0] : wanted;
  const algorithms = key.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [key.type];
  return {
    hostVerifier: (offered: Buffer) => offered.equals(key.getPublicSSH()),
    // A host with several keys must offer the one we know.
    algorithms: { serverHostKey: algorithms } as ConnectConfig["algorithms"],
  };
}
