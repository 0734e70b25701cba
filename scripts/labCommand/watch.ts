import { planPlacement } from "../../core/placement/planPlacement";
import { LabError } from "../../lab/labError";
import { readOutputs } from "../auditCommand/readOutputs";
import type { AuditEnd } from "../auditCommand/renderSettings";
import { readArrivals } from "./arrivals";
import type { LabSession } from "./session";

/** Prints, second by second until a signal, what arrives in a stream, and the longest silence; at the end the longest of all. */
export async function watchStream(session: LabSession, stream: string, signal: AbortSignal): Promise<void> {
  const reader = await readArrivals(await endOfStream(session, stream));
  let longest = 0;
  let records = 0;
  process.stdout.write("time      records/s     kB/s  longest gap\n");
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
    const taken = reader.take();
    longest = Math.max(longest, taken.longestGapMs);
    records += taken.records;
    const time = new Date().toISOString().slice(11, 19);
    const cells = [taken.records, (taken.bytes / 1000).toFixed(0), `${taken.longestGapMs.toFixed(0)} ms`];
    process.stdout.write(`${time}  ${cells.map((cell, n) => String(cell).padStart([9, 7, 11][n]!)).join("  ")}\n`);
  }
  await reader.stop();
  process.stdout.write(`${records} records, longest gap ${longest.toFixed(0)} ms\n`);
}

/** Where and as whom a stream of the federation can be read. @throws LabError that names the streams there are */
export async function endOfStream(session: LabSession, stream: string): Promise<AuditEnd> {
  for (const config of Object.values(session.stacks.federations)) {
    const found = planPlacement(config).stages.find(({ to }) => to.stream === stream)?.to;
    if (found === undefined) continue;
    const pulumi = (stack: string, args: readonly string[]) =>
      session.pulumi(stack, args, { capture: true, allowFailure: true });
    const { bootstrapServers, kafkaCa, kafkaAdmin } = await readOutputs(pulumi, config.clusters[found.cluster]!);
    return { bootstrapServers, topic: found.topic, security: { ca: kafkaCa, ...kafkaAdmin } };
  }
  const known = Object.values(session.stacks.federations).flatMap(({ streams }) => Object.keys(streams));
  throw new LabError(`no stage writes a stream "${stream}"; there is ${known.join(", ")}`);
}
