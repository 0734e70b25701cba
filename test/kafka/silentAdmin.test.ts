import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";
import { until } from "../../core/wait";
import { withKafkaAdmin } from "../../scripts/faultsCommand/kafkaAdmin";

const selfSigned =
  "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=silent -addext subjectAltName=IP:127.0.0.1 -keyout - -out -".split(
    " ",
  );

/** A broker that stands still: its host shakes hands, then nothing comes. */
describe("an administrator whose login is not answered", function () {
  this.timeout(300_000);
  /** Key and certificate. */
  const pem = execFileSync("openssl", selfSigned, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  let server: Server;

  before((done) => {
    server = createServer({ key: pem, cert: pem }).listen(0, "127.0.0.1", done);
  });
  after(() => server.close());

  it("gives up and leaves no connection open, which would keep the process from ending", async () => {
    let accepted = 0;
    server.on("secureConnection", (socket) => {
      accepted++;
      socket.resume();
    });
    const outputs = {
      bootstrapServers: [`127.0.0.1:${(server.address() as AddressInfo).port}`],
      kafkaCa: pem.slice(pem.indexOf("-----BEGIN CERTIFICATE")),
      kafkaAdmin: { username: "admin", password: "secret" },
    };
    await assert.rejects(
      withKafkaAdmin(outputs, () => Promise.resolve()),
      /timed out/,
    );
    assert.ok(accepted > 0, "never connected");
    await until(
      "the server has no connections",
      async () => {
        const open = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
        assert.equal(open, 0);
      },
      { within: 60, every: 0.2 },
    );
  });
});
