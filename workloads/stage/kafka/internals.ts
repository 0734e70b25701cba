/** The one door to kafkajs' internals: required by path, so that a bundler finds them. kafkajs is pinned for their sake. */
/// <reference path="./internals.d.ts" />
import Cluster = require("kafkajs/src/cluster");
import { createLogger, type KafkajsLogEntry } from "kafkajs/src/loggers";
import { createErrorFromCode } from "kafkajs/src/protocol/error";
export type {
  Broker,
  Connection,
  Encodable,
  PartitionMetadata,
  ProtocolRequest,
  SocketOptions,
} from "kafkajs-internals";

export { Cluster, createErrorFromCode, createLogger, type KafkajsLogEntry };
