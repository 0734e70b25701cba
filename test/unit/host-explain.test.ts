import { strict as assert } from "node:assert";
import { explainHostError } from "../../components/host/explainHostError";

const host = { name: "edge-m1", address: "10.90.1.11", port: 22, user: "root" };

describe("explainHostError", () => {
  const cases: [string, string, RegExp][] = [
    [
      "a host that is off",
      "after 6 failed attempts: dial tcp 10.90.1.11:22: connect: no route to host",
      /^iotef:hosts\.edge-m1\.address: "10\.90\.1\.11" does not answer/,
    ],
    [
      "a wrong host key",
      "ssh: handshake failed: ssh: host key mismatch",
      /^iotef:hosts\.edge-m1\.hostKey: 10\.90\.1\.11 shows another/,
    ],
    [
      "a key that is not let in",
      "ssh: unable to authenticate, attempted methods [none publickey]",
      /^iotef:ssh\.privateKeyFile: edge-m1/,
    ],
  ];
  for (const [what, error, expected] of cases) {
    it(`names the config path of ${what}`, () => assert.match(explainHostError(host, error) ?? "", expected));
  }
  it("leaves a failing script to its own message", () => {
    assert.equal(explainHostError(host, "Process exited with status 1: running ..."), undefined);
  });
});
