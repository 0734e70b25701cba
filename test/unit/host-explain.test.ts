import { strict as assert } from "node:assert";
import { explainHostError } from "../../components/host/explainHostError";
import { formatProblem } from "../../core/errors";

const host = { name: "edge-m1", address: "10.90.1.11", port: 22, user: "root", privateKeyFile: "keys/edge" };

describe("explainHostError", () => {
  const cases: [string, string, RegExp][] = [
    [
      "a host that is off",
      "ssh: connect to host 10.90.1.11 port 22: No route to host",
      /^iotef:hosts\.edge-m1\.address: "10\.90\.1\.11" does not answer/,
    ],
    [
      "a wrong host key",
      "Host key verification failed.",
      /^iotef:hosts\.edge-m1\.hostKey: 10\.90\.1\.11 shows another/,
    ],
    [
      "a key that is not let in",
      "root@10.90.1.11: Permission denied (publickey).",
      /^iotef:ssh\.privateKeyFile: "keys\/edge" is a key that edge-m1/,
    ],
  ];
  for (const [what, error, expected] of cases) {
    it(`names the config path of ${what}`, () => assert.match(formatProblem(explainHostError(host, error)), expected));
  }
  it("leaves a failing script to its own message", () => {
    assert.match(
      formatProblem(explainHostError(host, "bash: awk: not found")),
      /^iotef:hosts\.edge-m1: .*awk: not found/,
    );
  });
});
