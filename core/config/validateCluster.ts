import type { Problem } from "../errors";
import { validateBrokers } from "./validateBrokers";
import { contains, overlap, rangeOfSubnet } from "./subnets";
import type { ClusterConfig } from "./schema";

/** Rules of a cluster stack that look at more than one key. Returns every problem. */
export function validateCluster(config: ClusterConfig): Problem[] {
  return [
    ...controlPlaneCount(config),
    ...uniqueAddresses(config),
    ...entryHosts(config),
    ...disjointSubnets(config),
    ...addressesOutsideSubnets(config),
    ...virtualIp(config),
    ...validateBrokers(config),
  ];
}

function controlPlaneCount({ hosts }: ClusterConfig): Problem[] {
  const count = Object.values(hosts).filter((host) => host.role === "control-plane").length;
  if (count === 0)
    return [{ path: "iotef:hosts", message: "no host has the role control-plane; give it to 1, 3 or 5 hosts" }];
  if (count % 2 === 0) {
    return [
      {
        path: "iotef:hosts",
        message: `${count} hosts have the role control-plane; use an odd number, because an even one survives no more failures than one fewer`,
      },
    ];
  }
  return [];
}

function uniqueAddresses({ hosts }: ClusterConfig): Problem[] {
  const seen = new Map<string, string>();
  return Object.entries(hosts).flatMap(([name, { address }]) => {
    const other = seen.get(address);
    if (other === undefined) {
      seen.set(address, name);
      return [];
    }
    return [
      {
        path: `iotef:hosts.${name}.address`,
        value: address,
        message: `is the address of ${other} too; give every host its own`,
      },
    ];
  });
}

function entryHosts({ hosts }: ClusterConfig): Problem[] {
  if (Object.values(hosts).some((host) => host.apiEntry !== false)) return [];
  return [
    {
      path: "iotef:hosts",
      message: "every host has apiEntry: false, so nobody could reach the API from outside; set it on at least one",
    },
  ];
}

function disjointSubnets({ kubernetes }: ClusterConfig): Problem[] {
  if (!overlap(rangeOfSubnet(kubernetes.podSubnet), rangeOfSubnet(kubernetes.serviceSubnet))) return [];
  return [
    {
      path: "iotef:kubernetes.serviceSubnet",
      value: kubernetes.serviceSubnet,
      message: `overlaps iotef:kubernetes.podSubnet ${kubernetes.podSubnet}; choose another`,
    },
  ];
}

/** A host inside the service subnet loses all traffic to itself without an error: kube-proxy drops it (facts/supply.md). */
function addressesOutsideSubnets({ kubernetes, hosts }: ClusterConfig): Problem[] {
  return (["podSubnet", "serviceSubnet"] as const).flatMap((key) => {
    const range = rangeOfSubnet(kubernetes[key]);
    return Object.entries(hosts)
      .filter(([, { address }]) => contains(range, address))
      .map(([name, { address }]) => ({
        path: `iotef:hosts.${name}.address`,
        value: address,
        message: `lies in iotef:kubernetes.${key} ${kubernetes[key]}; choose another subnet`,
      }));
  });
}

function virtualIp({ endpoint, hosts }: ClusterConfig): Problem[] {
  const owner = Object.entries(hosts).find(([, { address }]) => address === endpoint.virtualIp)?.[0];
  if (owner === undefined) return [];
  return [
    {
      path: "iotef:endpoint.virtualIp",
      value: endpoint.virtualIp,
      message: `is the address of ${owner}; choose a free one`,
    },
  ];
}
