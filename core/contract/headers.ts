/**
 * Record headers. CloudEvents' Kafka binding (binary mode: `ce_` + attribute) plus where a record came from, so that any
 * reader can count losses and duplicates.
 */
export const headers = {
  id: "ce_id",
  source: "ce_source",
  type: "ce_type",
  time: "ce_time",
  specversion: "ce_specversion",
  contentType: "content-type",
  traceparent: "traceparent",
  /** `<cluster id>/<topic>/<partition>/<offset>` of the record this one was made from. */
  coordinates: "iotef-source",
  /** `<index>/<count>` among the outputs made from the same record. */
  part: "iotef-part",
  /** Why a record became a dead letter. */
  reason: "iotef-reason",
} as const;

/** Where a record stands in its source. */
export interface Coordinates {
  clusterId: string;
  topic: string;
  partition: number;
  offset: bigint;
}

/** The text of the coordinates header. */
export function formatCoordinates({ clusterId, topic, partition, offset }: Coordinates): string {
  return `${clusterId}/${topic}/${partition}/${offset}`;
}

/** @throws Error when the text is not of the form `<cluster id>/<topic>/<partition>/<offset>` */
export function parseCoordinates(text: string): Coordinates {
  const match = /^([^/]+)\/([^/]+)\/(\d+)\/(\d+)$/.exec(text);
  if (!match)
    throw new Error(
      `header ${headers.coordinates}: ${JSON.stringify(text)} is not <cluster id>/<topic>/<partition>/<offset>`,
    );
  return { clusterId: match[1]!, topic: match[2]!, partition: Number(match[3]), offset: BigInt(match[4]!) };
}
