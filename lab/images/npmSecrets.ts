import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";

const settings = ["registry", "proxy", "https-proxy", "noproxy", "strict-ssl"];

/**
 * The npm settings and certificates of this machine as files for a build, so that `npm ci` in it reaches what it reaches here.
 * Secrets to the builder: the settings may hold a token, and no image may name a private registry.
 */
export async function npmSecrets(scratch: string): Promise<Record<string, string>> {
  const { stdout } = await execa("npm", ["config", "get", "userconfig", "globalconfig", "cafile", ...settings], {
    reject: false,
  });
  const known = new Map((stdout ?? "").split("\n").map((line) => splitOnce(line)));
  const files = ["globalconfig", "userconfig"].map((key) => readIfThere(known.get(key)));
  const effective = settings
    .map((key) => [key, known.get(key) ?? ""] as const)
    .filter(([, value]) => value !== "" && value !== "null");
  // Paths of this machine mean nothing in the build; the certificates go in as a file of their own.
  const lines = files
    .join("\n")
    .split("\n")
    .filter((line) => !/^\s*(cafile|prefix|cache|nodedir)\s*=/.test(line));
  const npmrc = join(scratch, "npmrc");
  writeFileSync(npmrc, [...lines, ...effective.map(([key, value]) => `${key}=${value}`), ""].join("\n"), {
    mode: 0o600,
  });
  const certificates = join(scratch, "certificates.crt");
  writeFileSync(certificates, readIfThere(known.get("cafile")) || readIfThere(process.env["NODE_EXTRA_CA_CERTS"]));
  return { npmrc, certificates };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

function readIfThere(file: string | undefined): string {
  return file && existsSync(file) ? readFileSync(file, "utf8") : "";
}
