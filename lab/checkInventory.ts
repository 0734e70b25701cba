import { isAbsolute } from "node:path";
import { contains, hostsOf, parseCidr, type Inventory, type Site } from "./inventory";
import { LabError } from "./labError";

/** Linux takes 15 characters for a network device; hosts and sites name theirs after themselves. */
const deviceNameLength = 15;
/** Name of the router's device towards the machine, see planNetwork. */
const reservedNames = ["lo", "uplink", "machine"];

/** Every problem of an inventory, each with place, value and remedy. Empty when it can be booted. */
export function findInventoryProblems(inventory: Inventory): string[] {
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9]{0,10}$/.test(inventory.session)) {
    problems.push(`session: "${inventory.session}": use 1 to 11 lower-case letters and digits, a letter first`);
  }
  if (!isAbsolute(inventory.folder)) problems.push(`folder: "${inventory.folder}": give an absolute path`);
  const range = parseCidr(inventory.range);
  if (!range || range.prefix > 24) problems.push(`range: "${inventory.range}": give a network such as 10.90.0.0/16`);
  if (hostsOf(inventory).length === 0) problems.push("sites: no host at all; give at least one");
  problems.push(...inventory.sites.flatMap((site) => findSiteProblems(inventory.range, site)));
  problems.push(...findOverlaps(inventory.sites));
  const names = inventory.sites.flatMap((site) => [site.name, ...site.hosts.map((host) => host.name)]);
  problems.push(...names.flatMap((name) => findNameProblems(name)));
  problems.push(...repeated(names).map((name) => `"${name}" is used twice; sites and hosts need names of their own`));
  const addresses = inventory.sites.flatMap((site) => [
    site.gateway.split("/")[0] ?? "",
    ...(site.virtualIp ? [site.virtualIp] : []),
    ...site.hosts.map((host) => host.address),
  ]);
  problems.push(...repeated(addresses).map((address) => `address ${address} is used twice; give each host its own`));
  return problems;
}

/** @throws LabError that lists every problem */
export function assertInventory(inventory: Inventory): void {
  const problems = findInventoryProblems(inventory);
  if (problems.length === 0) return;
  throw new LabError(
    `the lab's inventory has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join("\n")}`,
  );
}

function findSiteProblems(range: string, site: Site): string[] {
  const gateway = parseCidr(site.gateway);
  if (!gateway)
    return [`sites.${site.name}.gateway: "${site.gateway}": give an address with a prefix, as 10.90.1.1/24`];
  const problems: string[] = [];
  if (!contains(range, gateway.address)) {
    problems.push(`sites.${site.name}.gateway: ${site.gateway} is outside the lab's range ${range}; choose one inside`);
  }
  if (contains(firstBlock(range), gateway.address)) {
    problems.push(
      `sites.${site.name}.gateway: ${site.gateway} lies in ${firstBlock(range)}, which is the machine's and the mirror's; use the next`,
    );
  }
  const inside = [...site.hosts.map((host) => ({ place: `hosts.${host.name}.address`, address: host.address }))];
  if (site.virtualIp) inside.push({ place: "virtualIp", address: site.virtualIp });
  for (const { place, address } of inside) {
    if (!contains(site.gateway, address)) {
      problems.push(
        `sites.${site.name}.${place}: ${address} is outside the site's network ${site.gateway}; use one inside`,
      );
    }
  }
  return problems;
}

/** The /24 at the start of the range: the lab's own addresses. */
function firstBlock(range: string): string {
  return `${parseCidr(range)?.address ?? "0.0.0.0"}/24`;
}

function findOverlaps(sites: readonly Site[]): string[] {
  return sites.flatMap((site, index) =>
    sites
      .slice(index + 1)
      .filter((other) => overlap(site.gateway, other.gateway))
      .map(
        (other) =>
          `sites ${site.name} and ${other.name}: ${site.gateway} and ${other.gateway} overlap; keep them apart`,
      ),
  );
}

function overlap(left: string, right: string): boolean {
  const leftAddress = left.split("/")[0] ?? "";
  const rightAddress = right.split("/")[0] ?? "";
  return contains(left, rightAddress) || contains(right, leftAddress);
}

function findNameProblems(name: string): string[] {
  if (reservedNames.includes(name)) return [`"${name}" is a name of the lab's router; choose another`];
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= deviceNameLength) return [];
  return [`"${name}": use 1 to ${deviceNameLength} lower-case letters, digits and dashes (it names a network device)`];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
