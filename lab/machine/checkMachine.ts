import { statfs } from "node:fs/promises";
import { LabError } from "../labError";
import { succeeds } from "../runCommand";

/** What the rack runs, and the Debian package that brings it. */
const programs: Record<string, string> = {
  podman: "podman",
  runc: "runc",
  ip: "iproute2",
  nft: "nftables",
  iptables: "iptables",
  perl: "perl",
  sysctl: "procps",
  "ssh-keygen": "openssh-client",
};

/** The magic number of overlayfs, which cannot hold another overlay's upper layer (statfs(2)). */
const overlayMagic = 0x794c7630;

/**
 * Checks that this machine can hold a rack, before anything is changed.
 * @throws LabError that lists all that is missing
 */
export async function checkMachine(folder: string): Promise<void> {
  const problems: string[] = [];
  if (process.getuid?.() !== 0) problems.push("the lab makes network namespaces and containers: run it as root");
  const missing: string[] = [];
  for (const [program, packageName] of Object.entries(programs)) {
    if (!(await succeeds("sh", ["-c", `command -v ${program}`]))) missing.push(packageName);
  }
  if (missing.length > 0) problems.push(`programs are missing: apt-get install ${missing.join(" ")}`);
  const { type } = await statfs(folder);
  if (type === overlayMagic)
    problems.push(`${folder} lies on an overlay file system: put the lab's folder on a real one`);
  if (problems.length > 0)
    throw new LabError(`this machine cannot hold the lab:\n${problems.map((p) => `  - ${p}`).join("\n")}`);
}
