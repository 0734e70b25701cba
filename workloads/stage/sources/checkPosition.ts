export interface CheckPositionArgs {
  topic: string;
  lane: number;
  /** Missing where the lane never committed. */
  stored: bigint | undefined;
  /** First and one past the last offset in the source's log. */
  start: bigint;
  end: bigint;
  acceptLoss: boolean;
}

/**
 * Holds a lane's position against the source's log: it must lie inside, else records were lost between the two.
 * @returns where it goes on; or where it stands, with the gap that keeps it there
 */
export function checkPosition(args: CheckPositionArgs): { position: bigint; gap?: string } {
  const { topic, lane, stored, start, end, acceptLoss } = args;
  if (stored === undefined) return { position: start };
  if (stored > end) {
    return {
      position: stored,
      gap: `stream ${topic}, partition ${lane}: the checkpoint stands at ${stored} but the log ends at ${end}; the source lost records or was made anew. Reading on would mix two logs: restore it, or give the stage a new name`,
    };
  }
  if (stored >= start) return { position: stored };
  if (acceptLoss) return { position: start };
  return {
    position: stored,
    gap: `stream ${topic}, partition ${lane}: ${start - stored} records (${stored} to ${start - 1n}) were deleted before this stage read them; set acceptLoss to go on without them`,
  };
}
