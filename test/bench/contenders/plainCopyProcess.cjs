/** Copies a topic with kafkajs' public consumer and producer; settings as JSON in the one argument, see plainCopy.ts. */
const { Kafka, Partitioners, logLevel } = require("kafkajs");

/** Bytes asked of each partition at once: the same as IoTEF's stage, twice kafkajs' default. */
const maxBytesPerPartition = 2 << 20;

async function main({ group, partitions, from, to }) {
  const client = (brokers) =>
    new Kafka({ brokers, clientId: "plain", connectionTimeout: 10_000, logLevel: logLevel.ERROR });
  const producer = client(to.brokers).producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const consumer = client(from.brokers).consumer({ groupId: group, maxBytesPerPartition });
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [from.topic], fromBeginning: true });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    console.error(payload.error);
    if (!payload.restart) process.exit(1);
  });
  await consumer.run({
    partitionsConsumedConcurrently: partitions,
    eachBatch: async ({ batch: { partition, messages } }) => {
      const copies = messages.map(({ key, value, headers, timestamp }) => ({
        key,
        value,
        headers,
        timestamp,
        partition,
      }));
      await producer.send({ topic: to.topic, messages: copies });
    },
  });
}

main(JSON.parse(process.argv[2])).catch((error) => {
  console.error(error);
  process.exit(1);
});
