import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { StagePlan } from "../../core/placement/planPlacement";

/**
 * A number that grows whenever a stage is placed anew, and only then. Lanes go to the copies with the highest, so those at
 * the new place take over while those at the old one still run. The mapping of lanes and the streams count as place too:
 * copies that differ in them must not be handed lanes side by side.
 *
 * It is a command whose only changing input is the placement: its output is kept in the state, so an `up` without a move
 * gives the same number again. Milliseconds since the epoch, but at least one more than the number before, so that the clock
 * of another operator's machine cannot take it back. It belongs to the stage and not to the place: when a move fails half-way
 * and is taken back in the configuration, the copies at the old place get a higher number again; with their old one they
 * would have to stand down for ever before checkpoints of the new place. By Node, which runs this program anyhow: `date`
 * has no milliseconds on macOS.
 *
 * @param name of the resource, without the place
 */
export function createPlacementGeneration(
  name: string,
  { cluster, hosts, laneGroups, from, to }: Pick<StagePlan, "cluster" | "hosts" | "laneGroups" | "from" | "to">,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<number> {
  const next = `node -p "Math.max(Date.now(), 1 + Number(process.env.PULUMI_COMMAND_STDOUT || 0))"`;
  const placement = {
    cluster,
    hosts,
    laneGroups,
    from: from && [from.stream, from.cluster],
    to: [to.stream, to.cluster],
  };
  const generation = new command.local.Command(
    name,
    { create: next, update: next, environment: { PLACEMENT: JSON.stringify(placement) } },
    options,
  );
  return generation.stdout.apply((text) => {
    const number = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(number)) {
      throw new Error(`${name}: ${JSON.stringify(text)} is not a generation; is node on the PATH?`);
    }
    return number;
  });
}
