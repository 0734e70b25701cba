import { numberOfAddress } from "../../core/config/subnets";
import { healthPort } from "./renderHaproxyConfig";

export interface KeepalivedSettings {
  cluster: string;
  virtualIp: string;
  /** Of the API through HAProxy. */
  port: number;
  self: { name: string; address: string };
  /** All entry hosts, in the order in which they should have it; the first has the highest priority when nobody holds the address yet. */
  entries: readonly { name: string; address: string }[];
}

/** Stands for the interface that holds the host's address; the host fills it in. */
export const interfacePlaceholder = "@INTERFACE@";

/** Where reachesApi.sh lies on an entry host. */
export const reachesApiPath = "/etc/keepalived/reaches-api";

/**
 * keepalived, unicast VRRP version 3: the address leaves a dead host after about three advertisements (every second: on a small
 * busy host keepalived itself was seen to stand still for 1.2 s, and each move of the address breaks the connections to it), and
 * one whose HAProxy is gone or reaches no API server after two checks. That is more than whether HAProxy runs: a host that hears
 * nothing any more still sends, and with its advertisements would keep the address. `nopreempt`: a host that comes back does not
 * take it.
 */
export function renderKeepalivedConfig({ cluster, virtualIp, port, self, entries }: KeepalivedSettings): string {
  const peers = entries.filter(({ name }) => name !== self.name).map(({ address }) => `    ${address}`);
  const priority = 200 - entries.findIndex(({ name }) => name === self.name);
  // Two clusters may share a network: the id follows the address, and is never 0.
  const routerId = (numberOfAddress(virtualIp) % 255) + 1;
  return `# Written by IoTEF; changes are overwritten by the next pulumi up.
global_defs {
  router_id ${self.name}
  vrrp_version 3
  enable_script_security
  script_user root
}

vrrp_script haproxy {
  script "${reachesApiPath} ${healthPort(port)}"
  interval 2
  timeout 3
  fall 2
  rise 2
}

vrrp_instance ${cluster} {
  state BACKUP
  nopreempt
  interface ${interfacePlaceholder}
  virtual_router_id ${routerId}
  priority ${priority}
  advert_int 1
  unicast_src_ip ${self.address}
  unicast_peer {
${peers.join("\n")}
  }
  virtual_ipaddress {
    ${virtualIp}/32
  }
  track_script {
    haproxy
  }
}
`;
}
