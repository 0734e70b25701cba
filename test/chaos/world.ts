import { LocalKafka } from "../support/localKafka";
import { buildStage } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";
import { brokersPerCluster, type Side } from "./plan";

/** Time after which a silent replica loses its lanes, and a silent broker its leaders: short, so that rounds are. */
export const sessionMs = 1300;
const brokerSessionMs = 4000;

/** Two clusters of local brokers, and the links between stages and each of them. */
export interface World {
  source: LocalKafka;
  destination: LocalKafka;
  links: Toxiproxy;
}

/** Builds the stage, starts both clusters and the links. All of it ends with `stopWorld`, or with this process. */
export async function startWorld(): Promise<World> {
  buildStage();
  const links = await Toxiproxy.start();
  const cluster = (side: Side) =>
    LocalKafka.start({
      name: side,
      brokers: brokersPerCluster,
      stagesThrough: (broker, port) => links.listen(linkName(side, broker), port),
      properties: {
        "broker.session.timeout.ms": String(brokerSessionMs),
        "broker.heartbeat.interval.ms": "500",
        // Rounds leave none of their topics, but offsets and transactions of many of them.
        "transactional.id.expiration.ms": "600000",
        "file.delete.delay.ms": "1000",
      },
    });
  const [source, destination] = await Promise.all([cluster("source"), cluster("destination")]);
  return { source, destination, links };
}

export async function stopWorld({ source, destination, links }: World): Promise<void> {
  await Promise.all([source.stop(), destination.stop(), links.stop()]);
}

/** The proxy between stages and a broker. */
export function linkName(side: Side, broker: number): string {
  return `${side}-${broker}`;
}
