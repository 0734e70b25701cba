import { ConfigResourceTypes, ConfigSources, type Admin } from "@platformatic/kafka";

/** Whether a replica that lacks records may become leader, where none that has them all is left. */
export const uncleanElection = "unclean.leader.election.enable";

/** Topics where it may, by where that is set. */
export interface UncleanElections {
  onTopic: string[];
  /** By the configuration of the broker that was asked, or of all: for topics that do not say otherwise. */
  onBrokers: string[];
}

/** Reads what counts for these topics, whoever has set it. */
export async function observeElections(admin: Admin, topics: readonly string[]): Promise<UncleanElections> {
  const found: UncleanElections = { onTopic: [], onBrokers: [] };
  if (topics.length === 0) return found;
  const described = await admin.describeConfigs({
    resources: topics.map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys: [uncleanElection],
    })),
  });
  for (const { resourceName, configs } of described) {
    const [setting] = configs.filter(({ name, value }) => name === uncleanElection && value === "true");
    if (setting === undefined) continue;
    const isOwn = setting.configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG;
    found[isOwn ? "onTopic" : "onBrokers"].push(resourceName);
  }
  return found;
}
