import { connect } from "node:net";
import { existsSync } from "node:fs";
import { readHostStates, type Power } from "./hosts/hostState";
import { isDropping, isUnplugged, listCuts } from "./network/faults";
import { containerOf, type RackContext } from "./rackContext";

export interface RackStatus {
  hosts: {
    name: string;
    site: string;
    address: string;
    power: Power;
    answersSsh: boolean;
    dropsInput: boolean;
    unplugged: boolean;
  }[];
  /** The ends of every cut link. */
  cuts: [string, string][];
  mirror: Power;
}

/** Reads what every host and link is doing. */
export async function readRackStatus(context: RackContext): Promise<RackStatus> {
  const states = existsSync(context.paths.containersConf) ? await readHostStates(context) : new Map<string, never>();
  const powerOf = (container: string): Power => states.get(container)?.power ?? "absent";
  const hosts = context.network.ports.map(async (port) => {
    const power = powerOf(containerOf(context, port.host));
    const answersSsh = power === "on" && (await answers(port.address, 22));
    const [dropsInput, unplugged] = [await isDropping(port), await isUnplugged(context.network, port)];
    return { name: port.host, site: port.site, address: port.address, power, answersSsh, dropsInput, unplugged };
  });
  return {
    hosts: await Promise.all(hosts),
    cuts: await listCuts(context.network),
    mirror: powerOf(`${context.inventory.session}-mirror`),
  };
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
