/** Where the registry listens: only on the router itself, nginx stands in front. */
const registryAddress = "127.0.0.1:5000";

/** Folders of the mirror inside its containers. */
export const mirrorFolders = {
  files: "/srv/mirror",
  registry: "/var/lib/registry",
  config: "/etc/iotef-mirror",
} as const;

/**
 * The mirror's HTTP server: release files under `/<upstream host>/<path>`, images under `/v2/`, as `iotef:mirror`
 * wants them (design 7). Pure.
 */
export function renderNginxConfig(address: string, port: number): string {
  return `worker_processes 1;
daemon off;
pid /run/mirror-nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  sendfile on;
  default_type application/octet-stream;
  client_max_body_size 0;
  client_body_temp_path /tmp/nginx-body;
  proxy_temp_path /tmp/nginx-proxy;
  fastcgi_temp_path /tmp/nginx-fastcgi;
  uwsgi_temp_path /tmp/nginx-uwsgi;
  scgi_temp_path /tmp/nginx-scgi;
  server {
    listen ${address}:${port};
    root ${mirrorFolders.files};
    location /v2/ {
      proxy_pass http://${registryAddress};
      proxy_set_header Host $http_host;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}

/** Debian's docker-registry, open for pushes: only the lab's own network reaches it. Pure. */
export function renderRegistryConfig(): string {
  return `version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: ${mirrorFolders.registry} }
  delete: { enabled: true }
  cache: { blobdescriptor: inmemory }
http:
  addr: ${registryAddress}
  relativeurls: true
`;
}
