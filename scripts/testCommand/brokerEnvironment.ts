import type { Supplied } from "../../lab/artifacts";

/** Where tests that start brokers find what they need; variables of what was not supplied are missing. */
export function brokerEnvironment({ kafka, toxiproxy }: Supplied): NodeJS.ProcessEnv {
  return {
    ...(kafka === undefined ? {} : { IOTEF_KAFKA_LIBS: kafka.libsDir }),
    ...(toxiproxy === undefined ? {} : { IOTEF_TOXIPROXY: toxiproxy }),
  };
}
