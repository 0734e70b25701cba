import { LocalKafka } from "./localKafka";
import { buildStage } from "./stageProcess";

let running: Promise<{ edge: LocalKafka; cloud: LocalKafka }> | undefined;

/** Brokers of each cluster. `IOTEF_TEST_BROKERS=1` spares a loaded machine; tests that kill brokers need the three. */
const brokers = Number(process.env["IOTEF_TEST_BROKERS"] ?? 3);

/** Two clusters, started once for all files of a run; importing this file stops them at the end. */
export function clusters(): Promise<{ edge: LocalKafka; cloud: LocalKafka }> {
  running ??= startBoth();
  return running;
}

async function startBoth(): Promise<{ edge: LocalKafka; cloud: LocalKafka }> {
  buildStage();
  const [edge, cloud] = await Promise.all([
    LocalKafka.start({ name: "edge", brokers }),
    LocalKafka.start({ name: "cloud", brokers }),
  ]);
  return { edge, cloud };
}

after("stop the clusters", async function () {
  this.timeout(60_000);
  if (!running) return;
  const { edge, cloud } = await running;
  await Promise.all([edge.stop(), cloud.stop()]);
});
