import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";

/** The script as Pulumi runs it: as text, with the session's functions before it. */
const script = ["session.sh", "keepRole.sh"]
  .map((file) => readFileSync(join(__dirname, "../../components/kubeadm/scripts", file), "utf8"))
  .join("\n");

function keepRole(role: string, before?: string) {
  const env = {
    HOST: "edge-w1",
    KNOWN_HOSTS: "",
    ROLE: role,
    ...(before === undefined ? {} : { PULUMI_COMMAND_STDOUT: before }),
  };
  return execa("bash", ["-c", script], { env, reject: false });
}

describe("keepRole", () => {
  it("remembers the first role, and takes it again", async () => {
    for (const before of [undefined, "", "worker"]) {
      const { exitCode, stdout } = await keepRole("worker", before);
      assert.deepEqual([exitCode, stdout], [0, "worker"]);
    }
  });

  it("refuses another one, and says what to do", async () => {
    const { exitCode, stderr } = await keepRole("control-plane", "worker");
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^edge-w1: is a worker and cannot become a control-plane in one step: take it out of iotef:hosts/,
    );
  });
});
