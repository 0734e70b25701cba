import type { KafkaState } from "../../core/contract/kafkaState";

/** @throws Error with every contradiction in a desired state */
export function validateKafkaState({ topics, users }: KafkaState, passwordsOf: readonly string[]): void {
  const known = new Set(passwordsOf);
  const problems = [
    ...repeated(topics.map(({ name }) => name)).map((name) => `topic ${name} is wanted twice`),
    ...repeated(users.map(({ name }) => name)).map((name) => `user ${name} is wanted twice`),
    ...topics
      .filter(({ name }) => !/^[a-zA-Z0-9._-]{1,249}$/.test(name))
      .map(({ name }) => `topic ${JSON.stringify(name)}: Kafka takes letters, digits, dots, dashes and underscores`),
    // The name is a key of a Secret too.
    ...users
      .filter(({ name }) => !/^[a-zA-Z0-9._-]{1,200}$/.test(name))
      .map(({ name }) => `user ${JSON.stringify(name)}: use letters, digits, dots, dashes and underscores`),
    ...users.filter(({ name }) => !known.has(name)).map(({ name }) => `user ${name} has no password`),
    ...topics
      .filter(({ config, replicationFactor }) => Number(config["min.insync.replicas"] ?? 1) > replicationFactor)
      .map(({ name }) => `topic ${name}: min.insync.replicas is more than its replicas, nothing could be written`),
  ];
  if (problems.length > 0) {
    throw new Error(`desired state of Kafka:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
