import { setTimeout } from "node:timers/promises";
import { planPlacement } from "../../core/placement/planPlacement";
import { LabError } from "../../lab/labError";
import { readOutputs } from "../auditCommand/readOutputs";
import { auditEnd, type AuditEnd } from "../auditCommand/renderSettings";
import { findPulumi } from "../pulumiCommand/findPulumi";
import { readArrivals } from "./arrivals";
import type { LabSession } from "./session";

/** Prints, second by second until a signal, what arrives in a stream, and the longest silence; at the end the longest of all. */
export async function watchStream(session: LabSession, stream: string, signal: AbortSignal): Promise<void> {
  const reader = await readArrivals(await endOfStream(session, stream));
  let longest = 0;
  let records = 0;
  process.stdout.write("time      records/s     kB/s  longest gap\n");
  while (!signal.aborted) {
    await setTimeout(1000, undefined, { signal }).catch(() => undefined);
    const taken = reader.take();
    longest = Math.max(longest, taken.longestGapMs);
    records += taken.records;
    const time = new Date().toISOString().slice(11, 19);
    const perSecond = String(taken.records).padStart(9);
    const kilobytes = (taken.bytes / 1000).toFixed(0).padStart(7);
    const gap = `${taken.longestGapMs.toFixed(0)} ms`.padStart(11);
    process.stdout.write(`${time}  ${perSecond}  ${kilobytes}  ${gap}\n`);
  }
  await reader.stop();
  process.stdout.write(`${records} records, longest gap ${longest.toFixed(0)} ms\n`);
}

/** Where and as whom a stream of the federation can be read. @throws LabError that names the streams there are */
export async function endOfStream(session: LabSession, stream: string): Promise<AuditEnd> {
  for (const config of Object.values(session.stacks.federations)) {
    const found = planPlacement(config).stages.find(({ to }) => to.stream === stream)?.to;
    if (found === undefined) continue;
    const outputs = await readOutputs(findPulumi(session.project), config.clusters[found.cluster]!);
    return auditEnd(outputs, found.topic);
  }
  const known = Object.values(session.stacks.federations).flatMap(({ streams }) => Object.keys(streams));
  throw new LabError(`no stage writes a stream "${stream}"; there is ${known.join(", ")}`);
}
