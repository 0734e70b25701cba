import execa from "execa";
import { rmSync, writeFileSync, existsSync } from "node:fs";
import { LabError } from "../labError";
import type { Profile } from "./tasks";

/** Debian's packages by what is needed for; `command`: something else on PATH may serve as well. */
const packages: readonly { name: string; command?: string; profiles: readonly Profile[] }[] = [
  { name: "openjdk-17-jdk-headless", command: "javac", profiles: ["kafka", "faults", "bench", "lab"] },
  { name: "maven", command: "mvn", profiles: ["kafka", "faults", "bench", "lab"] },
  { name: "jq", command: "jq", profiles: ["toolchain", "lab"] },
  { name: "golang-go", command: "go", profiles: ["toolchain", "faults", "bench", "etcd", "lab"] },
  { name: "openssh-client", command: "ssh", profiles: ["toolchain", "rack", "lab"] },
  // The tests of the Pulumi toolchain run a server of their own.
  { name: "openssh-server", profiles: ["toolchain"] },
  { name: "openssl", command: "openssl", profiles: ["kafka", "toolchain", "faults", "bench", "etcd", "lab"] },
  ...["gcc", "libc6-dev", "libseccomp-dev", "pkg-config", "buildah", "docker-registry"].map((name) => ({
    name,
    profiles: ["lab"] as const,
  })),
  ...["debootstrap", "podman", "runc", "fuse-overlayfs", "iproute2", "nftables", "iptables", "perl", "procps"].map(
    (name) => ({
      name,
      profiles: ["rack", "lab"] as const,
    }),
  ),
];

/** Installs what is missing by one apt call. Packages that bring a service do not get it started. */
export async function ensureSystemPackages(profiles: readonly Profile[], log: (line: string) => void): Promise<void> {
  const wanted = packages.filter((entry) => entry.profiles.some((profile) => profiles.includes(profile)));
  const missing: string[] = [];
  for (const { name, command } of wanted) {
    const there = command === undefined ? await installed(name) : await onPath(command);
    if (!there) missing.push(name);
  }
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new LabError(`these Debian packages are missing: ${missing.join(" ")}; install them, or run as root`);
  log(`installing ${missing.join(" ")}`);
  await withoutServices(async () => {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await apt(["update", "-qq"], env);
    await apt(["install", "-y", "-qq", "--no-install-recommends", ...missing], env);
  });
}

async function apt(args: string[], env: Record<string, string>): Promise<void> {
  const result = await execa("apt-get", args, { reject: false, env, stdin: "ignore", all: true });
  if (result.failed)
    throw new LabError(`apt-get ${args.join(" ")} failed:\n${(result.all ?? "").split("\n").slice(-10).join("\n")}`);
}

/** Debian asks this file before it starts a service that it has just installed. */
const policy = "/usr/sbin/policy-rc.d";

async function withoutServices(action: () => Promise<void>): Promise<void> {
  if (existsSync(policy)) return action();
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await action();
  } finally {
    rmSync(policy);
  }
}

async function installed(name: string): Promise<boolean> {
  const { stdout } = await execa("dpkg-query", ["-W", "-f", "${Status}", name], { reject: false });
  return stdout.includes("ok installed");
}

async function onPath(command: string): Promise<boolean> {
  return !(await execa("sh", ["-c", `command -v ${command}`], { reject: false })).failed;
}
