import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import execa from "execa";
import { renderHaproxyConfig } from "../../components/haproxy/renderHaproxyConfig";
import { renderKeepalivedConfig } from "../../components/haproxy/renderKeepalivedConfig";
import { assertGolden } from "../support/golden";

const controlPlanes = [1, 2, 3].map((n) => ({ name: `edge-m${n}`, address: `10.90.1.1${n}` }));
const entries = [1, 2].map((n) => ({ name: `edge-w${n}`, address: `10.90.1.2${n}` }));

describe("renderHaproxyConfig", () => {
  it("listens on every address of an entry host", () => {
    assertGolden("haproxy/entry.cfg", renderHaproxyConfig({ port: 8443, entry: true, controlPlanes }));
  });

  it("listens on the host itself elsewhere", () => {
    assert.match(renderHaproxyConfig({ port: 8443, entry: false, controlPlanes }), /^ {2}bind 127\.0\.0\.1:8443$/m);
  });
});

describe("renderKeepalivedConfig", () => {
  const render = (index: number): string =>
    renderKeepalivedConfig({ cluster: "edge", virtualIp: "10.90.1.10", port: 8443, self: entries[index]!, entries });

  it("names the other entry hosts as peers", () => assertGolden("haproxy/keepalived.conf", render(0)));

  it("asks HAProxy where it answers, whether it reaches an API server", () => {
    const asked = /script "\S+ (\d+)"/.exec(render(0))![1]!;
    const haproxy = renderHaproxyConfig({ port: 8443, entry: true, controlPlanes });
    assert.ok(haproxy.includes(`bind 127.0.0.1:${asked}\n  monitor-uri /\n`));
  });

  it("gives each host a priority of its own", () => {
    const priority = (text: string): string => /priority (\d+)/.exec(text)![1]!;
    assert.notEqual(priority(render(0)), priority(render(1)));
  });

  it("keeps the router id within 1 to 255", () => {
    for (const last of [0, 1, 127, 254, 255]) {
      const text = renderKeepalivedConfig({
        cluster: "c",
        virtualIp: `10.90.1.${last}`,
        port: 8443,
        self: entries[0]!,
        entries,
      });
      const id = Number(/virtual_router_id (\d+)/.exec(text)![1]);
      assert.ok(id >= 1 && id <= 255, String(id));
    }
  });
});

describe("reachesApi.sh", () => {
  const ask = async (port: number): Promise<boolean> => {
    const script = join(__dirname, "../../components/haproxy/reachesApi.sh");
    return !(await execa("bash", [script, String(port)], { reject: false })).failed;
  };

  for (const [status, expected] of [
    [200, true],
    [503, false],
  ] as const)
    it(`takes HAProxy's ${status} for ${expected ? "yes" : "no"}`, async () => {
      const server = createServer((_, response) => void response.writeHead(status).end());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        assert.equal(await ask((server.address() as AddressInfo).port), expected);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });

  it("takes a port on which nobody listens for no", async () => assert.equal(await ask(1), false));
});
