import { runCommand } from "../runCommand";
import { deleteDevice, listNamespaces } from "./ip";

/** Removes every namespace of a session and its link to the machine; the route goes with the link. */
export async function removeNetwork(session: string): Promise<void> {
  await deleteDevice(undefined, `${session}0`);
  for (const namespace of await listSessionNamespaces(session)) {
    await runCommand("ip", ["netns", "delete", namespace]);
  }
}

/** The router's and the hosts' namespaces of a session; no session's name holds a dash, so none takes another's. */
export async function listSessionNamespaces(session: string): Promise<string[]> {
  const namespaces = await listNamespaces();
  return namespaces.filter((name) => name === session || name.startsWith(`${session}-`));
}
