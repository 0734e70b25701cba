import { runCommand } from "../runCommand";

interface Table {
  family: string;
  name: string;
}

/** Runs nft in a network namespace. */
export function nft(namespace: string, args: readonly string[], input?: string): Promise<string> {
  return runCommand("ip", ["netns", "exec", namespace, "nft", ...args], input === undefined ? {} : { input });
}

/** The nftables tables of a network namespace. */
export async function listTables(namespace: string): Promise<Table[]> {
  const output = JSON.parse(await nft(namespace, ["-json", "list", "tables"])) as { nftables: { table?: Table }[] };
  return output.nftables.flatMap((entry) => (entry.table ? [entry.table] : []));
}
