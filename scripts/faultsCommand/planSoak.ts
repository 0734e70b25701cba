import fc from "fast-check";

/** What is done to hosts and links side by side, and for how long. */
export interface SoakRound {
  hosts: { host: string; fault: HostFault }[];
  link?: LinkFault;
  forSeconds: number;
}

export type HostFault = "drop" | "power" | "stop" | "freeze" | "unplug";
export type LinkFault =
  | { kind: "cut"; from: string; to: string; oneWay: boolean }
  | { kind: "delay"; from: string; to: string; milliseconds: number };

/** Hosts of one site by role. */
export interface SoakSite {
  name: string;
  controlPlanes: readonly string[];
  workers: readonly string[];
}

const hostFault = fc.constantFrom<HostFault>("drop", "drop", "power", "power", "stop", "freeze", "unplug");

/**
 * The round of a seed: the same for the same seed and sites, as long as this file does not change. At most two hosts of a site
 * (five brokers bear that), of them one control plane (three bear that).
 */
export function planSoakRound(sites: readonly SoakSite[], seed: number): SoakRound {
  return fc.sample(round(sites), { seed, numRuns: 1 })[0]!;
}

function round(sites: readonly SoakSite[]): fc.Arbitrary<SoakRound> {
  const ends = fc.shuffledSubarray(
    sites.map(({ name }) => name),
    { minLength: 2, maxLength: 2 },
  );
  const link: fc.Arbitrary<LinkFault> = fc.oneof(
    fc.record({ ends, oneWay: fc.boolean() }).map(({ ends: [from, to], oneWay }) => {
      return { kind: "cut", from: from!, to: to!, oneWay } as const;
    }),
    fc.record({ ends, milliseconds: fc.integer({ min: 20, max: 400 }) }).map(({ ends: [from, to], milliseconds }) => {
      return { kind: "delay", from: from!, to: to!, milliseconds } as const;
    }),
  );
  return fc
    .record({
      bySite: fc.tuple(...sites.map(hostsOf)),
      link: fc.option(link, { nil: undefined, freq: 2 }),
      forSeconds: fc.integer({ min: 3, max: 45 }),
    })
    .map(({ bySite, link, forSeconds }) => ({
      hosts: bySite.flat(),
      ...(link === undefined ? {} : { link }),
      forSeconds,
    }))
    .filter(({ hosts, link }) => hosts.length > 0 || link !== undefined);
}

function hostsOf({ controlPlanes, workers }: SoakSite): fc.Arbitrary<{ host: string; fault: HostFault }[]> {
  return fc
    .record({
      plane: fc.subarray([...controlPlanes], { maxLength: 1 }),
      worker: fc.subarray([...workers], { maxLength: 1 }),
      faults: fc.tuple(hostFault, hostFault),
    })
    .map(({ plane, worker, faults }) => [...plane, ...worker].map((host, index) => ({ host, fault: faults[index]! })));
}

/** One line. Pure. */
export function describeSoakRound({ hosts, link, forSeconds }: SoakRound): string {
  const parts = hosts.map(({ host, fault }) => `${fault} ${host}`);
  if (link?.kind === "cut") parts.push(`link ${link.from} -> ${link.to} cut${link.oneWay ? " one way" : ""}`);
  if (link?.kind === "delay") parts.push(`link ${link.from} -> ${link.to} delayed by ${link.milliseconds} ms`);
  return `${parts.join(", ")} for ${forSeconds} s`;
}
