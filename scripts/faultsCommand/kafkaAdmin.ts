import { Kafka, logLevel, type Admin } from "kafkajs";
import type { ClusterOutputs } from "../../core/contract/outputs";

/** Acts as a cluster's administrator, who gives a silent broker up soon and asks the next one. */
export async function withKafkaAdmin<T>(
  { bootstrapServers, kafkaCa, kafkaAdmin }: Pick<ClusterOutputs, "bootstrapServers" | "kafkaCa" | "kafkaAdmin">,
  act: (admin: Admin) => Promise<T>,
): Promise<T> {
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
  const admin = kafka.admin();
  try {
    // Where the login is not answered, the connection stays open after this has failed, and Node would not end.
    await admin.connect();
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}
