/** Records of one partition of a stream that came together. */
export interface Arrival {
  stream: string;
  partition: number;
  /** Milliseconds since the epoch. */
  at: number;
  records: number;
  bytes: number;
}

/** A line of Arrivals.java. Pure. */
export function parseArrival(line: string): Arrival {
  const [stream, ...numbers] = line.split(" ");
  const [partition, at, records, bytes] = numbers.map(Number);
  if (stream === undefined || bytes === undefined || numbers.some((text) => !/^\d+$/.test(text)))
    throw new Error(`the reader said "${line}", which is no arrival`);
  return { stream, partition: partition!, at: at!, records: records!, bytes };
}

export interface Span {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
}

/** Records of a stream that came in a span. Pure. */
export function recordsIn(arrivals: readonly Arrival[], stream: string, { from, to }: Span): number {
  return arrivals
    .filter((arrival) => arrival.stream === stream && arrival.at >= from && arrival.at < to)
    .reduce((sum, { records }) => sum + records, 0);
}

/**
 * Longest time in which no record of a stream came, in milliseconds: a silence that overlaps the span counts whole, also its
 * part before the span, for a fault may strike between two records. Pure.
 *
 * @param partitions only these @default all of the stream, taken together
 */
export function longestGap(
  arrivals: readonly Arrival[],
  stream: string,
  { from, to }: Span,
  partitions?: readonly number[],
): number {
  const times = arrivals
    .filter((arrival) => arrival.stream === stream && (partitions?.includes(arrival.partition) ?? true))
    .map(({ at }) => at);
  const before = times.filter((at) => at < from).at(-1) ?? from;
  const within = times.filter((at) => at >= from && at < to);
  // The silence that is open at the end counts up to the end only: what comes later is another span's.
  const marks = [before, ...within, to];
  return Math.max(0, ...marks.slice(1).map((mark, index) => mark - marks[index]!));
}

/** The longest gap of any one partition that has ever had a record. Pure. */
export function longestGapOfALane(arrivals: readonly Arrival[], stream: string, span: Span): number {
  const partitions = new Set(arrivals.filter((arrival) => arrival.stream === stream).map(({ partition }) => partition));
  return Math.max(0, ...[...partitions].map((partition) => longestGap(arrivals, stream, span, [partition])));
}
