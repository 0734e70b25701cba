import { connect } from "node:net";
import { Hopeless, until } from "../../core/wait";
import { containerOf, portOf, type RackContext } from "../rackContext";
import { readHostState } from "./hostState";

/** Longest boot that is waited for, in seconds: ten hosts that boot with pods share two cores. */
const bootSeconds = 300;

/**
 * Waits until a host's systemd has finished its boot and sshd answers from the machine. A host that is up but degraded
 * is up: its failed units are named in the log.
 */
export async function awaitHost(context: RackContext, host: string): Promise<void> {
  const failed = await until(`${host} has booted`, () => bootFinished(context, host), {
    within: bootSeconds,
    every: 0.5,
  });
  if (failed.length > 0) context.log(`${host}: is up, degraded: ${failed.join(", ")} failed`);
  const { address } = portOf(context, host);
  await until(`${host} answers on ${address}:22`, () => readBanner(address), { within: 300, every: 0.5 });
}

/** Returns the names of failed units; throws while the host still boots. */
async function bootFinished(context: RackContext, host: string): Promise<string[]> {
  const state = await systemState(context, host);
  if (state === "running") return [];
  if (state === "degraded") return listFailedUnits(context, host);
  const { power } = await readHostState(context, host);
  if (power !== "on")
    throw new Hopeless(`${host} is ${power}; its console is ${context.paths.hosts}/${host}/console.log`);
  throw new Error(`systemd says "${state}"`);
}

async function systemState(context: RackContext, host: string): Promise<string> {
  try {
    return await context.podman("exec", containerOf(context, host), "sh", "-c", "systemctl is-system-running || true");
  } catch {
    return "nothing";
  }
}

async function listFailedUnits(context: RackContext, host: string): Promise<string[]> {
  const output = await context.podman(
    "exec",
    containerOf(context, host),
    "systemctl",
    "--failed",
    "--plain",
    "--no-legend",
  );
  return output.split("\n").flatMap((line) => line.split(" ")[0] || []);
}

/** The first line that a server at the address's SSH port says. */
function readBanner(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 22, timeout: 3000 });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.once("timeout", () => fail("no answer within 3 s"));
    socket.once("error", (error) => fail(error.message));
    socket.once("end", () => fail("closed without a word"));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}
