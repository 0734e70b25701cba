import type { Inventory } from "../inventory";
import { LabError } from "../labError";
import type { Direction } from "../network/planCut";

export interface LinkOptions {
  /** Only what goes from the first end to the second. @default false */
  oneWay?: boolean;
}

/** The directions of a link that a fault takes hold of. Pure. */
export function directionsOf(from: string, to: string, { oneWay = false }: LinkOptions = {}): Direction[] {
  return oneWay
    ? [{ from, to }]
    : [
        { from, to },
        { from: to, to: from },
      ];
}

/**
 * The two ends that a person named; none stands for the two sites of the lab. Pure.
 * @throws LabError when they are not two, or one way is asked for and nobody said which
 */
export function endsOfLink(
  { sites }: Pick<Inventory, "sites">,
  ends: readonly string[],
  { oneWay = false }: LinkOptions = {},
): [string, string] {
  const names = sites.map(({ name }) => name);
  const example = names.slice(0, 2).join(" ");
  const [from, to] = ends.length === 0 && !oneWay ? names : ends;
  if (ends.length === 0 && oneWay)
    throw new LabError(
      `--one-way: name the end that sends, then the end that receives, as in \`${example} --one-way\``,
    );
  if (from === undefined || to === undefined || (ends.length || names.length) !== 2)
    throw new LabError(`"${ends.join(" ")}": name the two ends of a link, as in \`${example}\``);
  return [from, to];
}
