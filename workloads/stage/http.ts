import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { judgeLiveness, judgeReadiness, type StageStatus, type Verdict } from "./health";

/** Serves `/healthz`, `/readyz` (200 or 503, with the reasons) and `/metrics`. */
export async function serveHttp(port: number, status: () => StageStatus, metrics: Registry): Promise<Server> {
  const server = createServer((request, response) => {
    switch (request.url?.split("?")[0]) {
      case "/healthz":
        return answer(response, judgeLiveness(status()));
      case "/readyz":
        return answer(response, judgeReadiness(status()));
      case "/metrics":
        return void metrics.metrics().then((text) => {
          response.writeHead(200, { "content-type": metrics.contentType }).end(text);
        });
      default:
        response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return server;
}

function answer(response: ServerResponse, { ok, reasons }: Verdict): void {
  const body = JSON.stringify({ ok, reasons });
  response.writeHead(ok ? 200 : 503, { "content-type": "application/json" }).end(`${body}\n`);
}
