import { parse, stringify } from "yaml";

interface Kubeconfig {
  clusters: [{ cluster: { "certificate-authority-data": string } }];
  users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
}

/**
 * The administrator's kubeconfig for people outside: one context named after the cluster, the server at an address of an
 * entry host (or the virtual one), checked against the endpoint's name, which is what the certificate holds. Keys in a fixed
 * order: a changed text would make the Kubernetes provider plan changes.
 */
export function renderKubeconfig(adminConf: string, cluster: string, server: string, endpointName: string): string {
  const config = parse(adminConf) as Kubeconfig;
  const authority = config.clusters[0].cluster["certificate-authority-data"];
  const { user } = config.users[0];
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": cluster,
      clusters: [
        {
          name: cluster,
          cluster: { server, "tls-server-name": endpointName, "certificate-authority-data": authority },
        },
      ],
      contexts: [{ name: cluster, context: { cluster, user: `${cluster}-admin` } }],
      users: [
        {
          name: `${cluster}-admin`,
          user: {
            "client-certificate-data": user["client-certificate-data"],
            "client-key-data": user["client-key-data"],
          },
        },
      ],
    },
    { lineWidth: 0 },
  );
}
