import { connect } from "node:net";
import { existsSync } from "node:fs";
import { nameFaults } from "./faults/nameFaults";
import { readHostStates, type HostState, type Power } from "./hosts/hostState";
import { isUnplugged } from "./network/cable";
import { listCuts } from "./network/cuts";
import { listDelays } from "./network/delays";
import { isDropping } from "./network/inputDrop";
import type { Direction } from "./network/planCut";
import type { Delay } from "./network/planDelay";
import { containerOf, type RackContext } from "./rackContext";

export interface RackStatus {
  hosts: {
    name: string;
    site: string;
    address: string;
    power: Power;
    answersSsh: boolean;
    /** In words; empty for a host that is well. */
    faults: string[];
  }[];
  cuts: Direction[];
  delays: Delay[];
  mirror: Power;
}

/** Reads what every host and link is doing, from podman and from the network itself. */
export async function readRackStatus(context: RackContext): Promise<RackStatus> {
  const states = existsSync(context.paths.containersConf) ? await readHostStates(context) : new Map<string, never>();
  const stateOf = (container: string): HostState => states.get(container) ?? { power: "absent" };
  const hosts = context.network.ports.map(async (port) => {
    const state = stateOf(containerOf(context, port.host));
    const answersSsh = state.power === "on" && (await answers(port.address, 22));
    const [dropsInput, unplugged] = [await isDropping(port), await isUnplugged(context.network, port)];
    const faults = nameFaults(state, { dropsInput, unplugged });
    return { name: port.host, site: port.site, address: port.address, power: state.power, answersSsh, faults };
  });
  return {
    hosts: await Promise.all(hosts),
    cuts: await listCuts(context.network),
    delays: await listDelays(context.network),
    mirror: stateOf(`${context.inventory.session}-mirror`).power,
  };
}

/** A line for each direction of a link that is not as it should be. Pure. */
export function describeLinks({ cuts, delays }: Pick<RackStatus, "cuts" | "delays">): string[] {
  return [
    ...cuts.map(({ from, to }) => `link ${from} -> ${to}: cut`),
    ...delays.map(({ from, to, milliseconds }) => `link ${from} -> ${to}: delayed by ${milliseconds} ms`),
  ];
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
  });
}
