import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostAccess } from "./hostAccess";
import { quote } from "./shell";
import { parseFacts, type HostFacts } from "./parseFacts";

const script = readFileSync(join(__dirname, "gatherFacts.sh"), "utf8");

/**
 * Reads the facts of a host over OpenSSH. Not a resource: facts are of one moment, a state would keep them.
 * @param others addresses that it should have routes to
 * @param ports that the cluster will listen on
 * @param folders those that its broker and etcd are to have
 * @param knownHostsFile path of an OpenSSH known_hosts file with the host's key
 * @throws Error with what ssh or the script printed
 */
export async function gatherFacts(
  host: Omit<HostAccess, "privateKey">,
  others: readonly string[],
  ports: readonly number[],
  folders: { kafka: string; etcd: string },
  knownHostsFile: string,
): Promise<HostFacts> {
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: knownHostsFile,
    // A host that is just coming up answers within this; one that is not there is told soon.
    ConnectTimeout: "10",
    ConnectionAttempts: "3",
    ServerAliveInterval: "10",
  };
  const args = [
    ...["-i", host.privateKeyFile, "-p", String(host.port)],
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...[`${host.user}@${host.address}`, "bash", "-s", "--"],
    ...[others.join(" "), ports.join(" "), folders.kafka, folders.etcd].map(quote),
  ];
  const { text, firstLineAt } = await run("ssh", args, script);
  return parseFacts(text, firstLineAt);
}

function run(
  program: string,
  args: readonly string[],
  input: string,
): Promise<{ text: string; /** Epoch in seconds. */ firstLineAt: number }> {
  return new Promise((resolve, reject) => {
    let firstLineAt = NaN;
    const child = execFile(program, args, (error, text, stderr) =>
      error === null
        ? resolve({ text, firstLineAt })
        : // A login shell that lets nobody in says so on its output.
          reject(new Error([stderr, text].map((said) => said.trim()).find(Boolean) ?? error.message)),
    );
    child.stdout!.once("data", () => (firstLineAt = Date.now() / 1000));
    // A program that ends early says why by its exit.
    child.stdin!.on("error", () => undefined).end(input);
  });
}
