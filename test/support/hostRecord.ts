import type { HostRecord } from "../../components/host/hostRecord";

/** What a host of the cluster `edge` is told, with the defaults of the configuration. */
export function hostRecord(host: string, address: string): HostRecord {
  return {
    cluster: "edge",
    host,
    address,
    endpointPort: "8443",
    kubernetesVersion: "1.36.3",
    podSubnet: "10.244.0.0/16",
    serviceSubnet: "10.96.0.0/16",
    keepConntrackLimits: "false",
    evictBelowFreeDiskPercent: "10",
    systemReservedMemoryMiB: "0",
    kafkaDataPath: "/var/lib/iotef/kafka",
  };
}
