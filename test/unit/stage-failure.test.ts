import assert from "node:assert/strict";
import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded } from "kafkajs";
import { describeFailure, errorOfCode, KafkaFailure, kindOf } from "../../workloads/stage/kafka/failure";

describe("kindOf", () => {
  const isNetwork = (code: string) => kindOf(Object.assign(new Error("x"), { code })).network;

  it("takes the system's errors for ones of the network", () => {
    for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ERR_STREAM_DESTROYED"])
      assert.ok(isNetwork(code), code);
  });

  it("takes a login that was left unfinished for an end of its connection", () => {
    const unfinished = errorOfCode(34);
    assert.deepEqual([kindOf(unfinished).type, kindOf(unfinished).network], ["ILLEGAL_SASL_STATE", true]);
  });

  it("does not take a fault in the program for one, which would be tried again for ever", () => {
    let fault: unknown;
    try {
      Buffer.allocUnsafe(NaN);
    } catch (error) {
      fault = error;
    }
    assert.deepEqual(kindOf(fault), { type: "RangeError", network: false, fenced: false, broker: undefined });
    assert.ok(!isNetwork("ERR_INVALID_ARG_TYPE"));
  });
});

describe("describeFailure", () => {
  it("takes whatever a processor throws", () => {
    for (const thrown of [null, undefined, "no camera"]) assert.equal(describeFailure(thrown), String(thrown));
  });

  it("names the broker, once, also where a client has tried several times", () => {
    const silent = new KafkaJSConnectionError("Connection timeout", { broker: "edge-1:9092" });
    const tried = new KafkaJSNumberOfRetriesExceeded(silent, { retryCount: 2, retryTime: 300 });
    for (const error of [silent, tried])
      assert.equal(describeFailure(error), "Connection timeout (broker edge-1:9092)");
    const failure = new KafkaFailure("Produce", "KafkaJSConnectionError", false, { cause: silent });
    assert.equal(describeFailure(failure), failure.message);
    assert.equal(failure.message, "Produce: KafkaJSConnectionError: Connection timeout (broker edge-1:9092)");
  });
});
