export interface HaproxySettings {
  /** Port on which every host reaches the API on itself. */
  port: number;
  /** Listen on all addresses, for people outside, or on 127.0.0.1 alone. */
  entry: boolean;
  /** Sorted by name, so that the text changes with the list only. */
  controlPlanes: readonly { name: string; address: string }[];
}

/** The port of the API servers themselves; kubeadm's default. Each look costs a TLS handshake and a read of etcd, from every host. */
const apiServerPort = 6443;

/** Port on the host itself where HAProxy says over plain HTTP whether it reaches an API server: keepalived's question. */
export function healthPort(port: number): number {
  return port + 1;
}

/**
 * HAProxy for the API: TCP, each server asked for /readyz over TLS (false first when a server shuts down). A server that
 * does not answer is down and loses its sessions at once, because half-open ones hang clients for minutes. A dead host does not
 * even connect, which is known within 3 s (`timeout connect`, or `fastinter`); one that connects has 10 s
 * to answer: on a host whose cores are all busy a living API server was seen to take 3 s, and each wrong "down" makes every
 * client connect and list anew, which keeps the host busy. Connections go on to the next server when one refuses. One that answers
 * that it is not ready (a slow etcd is enough, and busy disks make one) only gets no new sessions: to break those it has
 * would fail requests that are under way, among them those of pulumi. With no server up connections are refused: a balancer
 * that accepts then keeps kubelets from starting their static pods (facts/provisioning.md 3).
 */
export function renderHaproxyConfig({ port, entry, controlPlanes }: HaproxySettings): string {
  const servers = controlPlanes.map(({ name, address }) => `  server ${name} ${address}:${apiServerPort}`);
  // Not nbsrv: an API server that answers that it is not ready is reached, and its sessions need the address that they came by.
  const reached = controlPlanes.map(({ name }) => `  acl reached srv_is_up(control-planes/${name})`);
  return `# Written by IoTEF; changes are overwritten by the next pulumi up.
global
  maxconn 4000
  log /dev/log local0 notice
  stats socket /run/haproxy/admin.sock mode 600 level admin

defaults
  mode tcp
  log global
  option dontlognull
  option clitcpka
  option srvtcpka
  option redispatch 1
  timeout connect 3s
  timeout check 10s
  timeout client 1h
  timeout server 1h
  timeout tunnel 24h
  timeout client-fin 30s
  timeout server-fin 30s

frontend api
  bind ${entry ? "*" : "127.0.0.1"}:${port}
  tcp-request connection reject if { nbsrv(control-planes) eq 0 }
  default_backend control-planes

frontend health
  mode http
  bind 127.0.0.1:${healthPort(port)}
  monitor-uri /
${reached.join("\n")}
  monitor fail unless reached

backend control-planes
  balance roundrobin
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host api
  http-check expect status 200 error-status L7OKC
  default-server inter 5s fastinter 1s downinter 2s fall 2 rise 1 observe layer4 error-limit 1 on-error fastinter on-marked-down shutdown-sessions check check-ssl verify none
${servers.join("\n")}
`;
}
