import type { ApiClient } from "./apiClient";

export interface NodeStates {
  ready: string[];
  notReady: string[];
}

/** What the API says of its nodes, through whichever entry answers. @throws when none does */
export async function readNodes(api: ApiClient, timeoutMs?: number): Promise<NodeStates> {
  return parseNodes(await api.getFromAny("/api/v1/nodes", timeoutMs));
}

/** Reads a NodeList. Pure. */
export function parseNodes(text: string): NodeStates {
  const { items } = JSON.parse(text) as {
    items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
  };
  const isReady = ({ status }: (typeof items)[number]): boolean =>
    status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;
  const names = (nodes: typeof items): string[] => nodes.map(({ metadata }) => metadata.name).sort();
  return { ready: names(items.filter(isReady)), notReady: names(items.filter((node) => !isReady(node))) };
}
