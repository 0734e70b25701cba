import { Kafka, logLevel, type Admin } from "kafkajs";
import type { ClusterOutputs } from "../../core/contract/outputs";

/** A client of a cluster's administrator that gives a silent broker up soon and asks the next one. */
export function kafkaAdmin({ bootstrapServers, kafkaCa, kafkaAdmin }: ClusterOutputs): Admin {
  const kafka = new Kafka({
    clientId: "iotef-faults",
    brokers: [...bootstrapServers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2000,
    requestTimeout: 5000,
    retry: { retries: bootstrapServers.length, initialRetryTime: 50, maxRetryTime: 200 },
    ssl: { ca: kafkaCa },
    sasl: { mechanism: "scram-sha-512", ...kafkaAdmin },
  });
  return kafka.admin();
}
