import type { Client } from "ssh2";

interface Internals {
  _protocol: { env(channel: number, name: string, value: string, wantReply: boolean): void };
  _chanMgr: { _channels: Record<string, { _callbacks?: ((failed: unknown) => void)[] } | undefined> };
}

/**
 * Makes the client ask the server whether it takes each environment variable, which ssh2 does not offer:
 * sshd drops those that its AcceptEnv does not name without a word, and the official plugin reports them.
 * For a client that opens one channel. ssh2 is pinned; test/preview/toolchain pins this use of its internals.
 * @returns names that were refused, complete once the channel is open.
 */
export function confirmEnvironment(client: Client): string[] {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
  const refused: string[] = [];
  const send = protocol.env.bind(protocol);
  protocol.env = (channel, name, value) => {
    const [open] = Object.values(channels._channels);
    open?._callbacks?.push((failed) => {
      if (failed) refused.push(name);
    });
    send(channel, name, value, true);
  };
  return refused;
}
