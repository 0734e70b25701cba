import type { HostState } from "../hosts/hostState";

/** What is wrong with a host, in words; empty when nothing is. Pure. */
export function nameFaults(
  { power, ended }: Pick<HostState, "power" | "ended">,
  { dropsInput, unplugged }: { dropsInput: boolean; unplugged: boolean },
): string[] {
  return [
    ...(power === "frozen" ? ["frozen"] : []),
    ...(power === "off" ? [ended === undefined ? "off" : offWords[ended]] : []),
    ...(dropsInput ? ["drops all input"] : []),
    ...(unplugged ? ["unplugged"] : []),
  ];
}

const offWords = { cut: "power cut", "shut down": "shut down" };
