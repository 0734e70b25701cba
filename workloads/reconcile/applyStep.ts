import { pbkdf2Sync, randomBytes } from "node:crypto";
import {
  alterUserScramCredentialsV0,
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
  ScramMechanisms,
  type Admin,
} from "@platformatic/kafka";
import { describeAcl } from "./acls";
import { anyConnection } from "./connect";
import type { Step } from "./planReconcile";
import type { LoadedJob } from "./readJob";

/** Makes one change. Every kind may be made again after an interruption. */
export async function applyStep(admin: Admin, job: LoadedJob, step: Step): Promise<void> {
  switch (step.kind) {
    case "createTopic": {
      const { name: topic, partitions, replicationFactor: replicas, config } = step.topic;
      const configs = Object.entries(config).map(([name, value]) => ({ name, value }));
      await admin.createTopics({ topics: [{ topic, partitions, replicas }], configs });
      return;
    }
    case "growTopic":
      return admin.createPartitions({ topics: [{ name: step.name, count: step.to }] });
    case "configureTopic":
      return configureTopic(admin, step);
    case "deleteTopic":
      return admin.deleteTopics({ topics: [step.name] });
    case "setPassword":
      return setPassword(admin, step.user, job.passwords.get(step.user) ?? "");
    case "deleteUser":
      return deleteUser(admin, step.user);
    case "addAcls":
    case "mark":
      return admin.createAcls({ creations: step.acls });
    case "removeAcls":
    case "unmark":
      await admin.deleteAcls({ filters: step.acls });
  }
}

/** One line for people; never a password. Marks are bookkeeping and have none. */
export function describeStep(step: Step): string | undefined {
  switch (step.kind) {
    case "createTopic":
      return `created topic ${step.topic.name}: ${step.topic.partitions} partitions, ${step.topic.replicationFactor} replicas`;
    case "growTopic":
      return `grew topic ${step.name} from ${step.from} to ${step.to} partitions`;
    case "configureTopic": {
      const set = Object.entries(step.set).map(([key, value]) => `${key}=${value}`);
      return `configured topic ${step.name}: ${[...set, ...step.unset.map((key) => `${key} back to default`)].join(", ")}`;
    }
    case "deleteTopic":
      return `deleted topic ${step.name}`;
    case "setPassword":
      return step.reason === "new" ? `created user ${step.user}` : `changed the password of user ${step.user}`;
    case "deleteUser":
      return `deleted user ${step.user}`;
    case "addAcls":
      return `allowed user ${step.of}: ${step.acls.map(describeAcl).join(", ")}`;
    case "removeAcls":
      return `took from user ${step.of}: ${step.acls.map(describeAcl).join(", ")}`;
    case "mark":
    case "unmark":
      return undefined;
  }
}

async function configureTopic(admin: Admin, step: Extract<Step, { kind: "configureTopic" }>): Promise<void> {
  const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
  const set = Object.entries(step.set).map(([name, value]) => ({ name, value, configOperation: SET }));
  const unset = step.unset.map((name) => ({ name, configOperation: DELETE }));
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: step.name, configs: [...set, ...unset] };
  await admin.incrementalAlterConfigs({ resources: [resource] });
}

/** Kafka's minimum and default; the passwords are 32 random characters, so more rounds would buy nothing. */
const scramIterations = 4096;

async function setPassword(admin: Admin, name: string, password: string): Promise<void> {
  const salt = randomBytes(32);
  const saltedPassword = pbkdf2Sync(password, salt, scramIterations, 64, "sha512");
  const mechanism = ScramMechanisms.SCRAM_SHA_512;
  const upsertion = { name, mechanism, iterations: scramIterations, salt, saltedPassword };
  await alterUserScramCredentialsV0.api.async(await anyConnection(admin), [], [upsertion]);
}

async function deleteUser(admin: Admin, name: string): Promise<void> {
  const deletion = { name, mechanism: ScramMechanisms.SCRAM_SHA_512 };
  await alterUserScramCredentialsV0.api.async(await anyConnection(admin), [deletion], []);
}
