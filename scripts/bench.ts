import { dirname } from "node:path";
import { findJdk } from "./auditCommand/findJava";
import { runTool } from "./testCommand/runTool";

/**
 * `./scripts/bench stage`: how the stage runtime compares with its peers. Exit code 1 when one of them failed. A full run takes
 * about 15 minutes on two cores.
 */
runTool({
  profile: "bench",
  main: "bench/main.ts",
  minutes: 60,
  env: ({ kafkaPeers }) => ({
    IOTEF_KAFKA_PEERS: kafkaPeers!,
    // The peers' sources are compiled as they are run, which the small runtime of the artifacts cannot.
    IOTEF_JAVA_HOME: dirname(dirname(findJdk())),
  }),
});
