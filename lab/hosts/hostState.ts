import { hostNamed } from "../inventory";
import { containerOf, type RackContext } from "../rackContext";

/** What a host is doing. `absent`: it was never made. */
export type Power = "on" | "off" | "frozen" | "absent";

export interface HostState {
  power: Power;
  /** How a host that is off ended, where podman has seen it. */
  ended?: "cut" | "shut down";
  /** Process id of the host's init on the machine, while it is on or frozen. */
  pid?: number;
  /** Podman's id of the container. */
  id?: string;
}

interface PodmanEntry {
  Id: string;
  Names: string[];
  State: string;
  Pid: number;
  ExitCode: number;
}

/** The state of one host. @throws LabError when the inventory has none of this name */
export async function readHostState(context: RackContext, host: string): Promise<HostState> {
  hostNamed(context.inventory, host);
  const states = await readHostStates(context);
  return states.get(containerOf(context, host)) ?? { power: "absent" };
}

/** The state of every container of the rack, by container name. */
export async function readHostStates(context: RackContext): Promise<Map<string, HostState>> {
  const output = await context.podman("ps", "--all", "--no-trunc", "--format", "json");
  const entries = JSON.parse(output || "[]") as PodmanEntry[];
  return new Map(entries.map((entry) => [entry.Names[0] ?? entry.Id, parseHostState(entry)]));
}

/** Exit code of a process that SIGKILL ended, as a shell counts. */
const killed = 137;

/** Reads podman's entry of a container. Pure. */
export function parseHostState({ Id, State, Pid, ExitCode }: Omit<PodmanEntry, "Names">): HostState {
  if (State === "running") return { power: "on", pid: Pid, id: Id };
  if (State === "paused") return { power: "frozen", pid: Pid, id: Id };
  if (State !== "exited") return { power: "off", id: Id };
  return { power: "off", ended: ExitCode === killed ? "cut" : "shut down", id: Id };
}
