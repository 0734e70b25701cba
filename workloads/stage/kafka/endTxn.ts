import { flexibleRequest, noTags, sizeOfString, writeString } from "./flexible";
import { errorOfCode } from "./failure";
import type { Broker } from "./internals";
import type { Producer } from "./recordBatch";

/** The first version that ends transactions of version 2 (KIP-890). */
const api = { key: 26, version: 5, name: "EndTxn" };

/**
 * Commits the transaction that this producer has open. Asked again after a lost answer, the broker gives the same one.
 * @returns the producer as the next transaction must name it: each end raises the epoch, so that no late request of this
 * transaction can get into the next
 */
export async function commitTransaction(
  broker: Broker,
  transactionalId: string,
  { producerId, producerEpoch }: Producer,
): Promise<Producer> {
  const body = Buffer.alloc(1 + sizeOfString(transactionalId) + 8 + 2 + 1 + 1, noTags);
  let at = writeString(body, 1, transactionalId);
  at = body.writeBigInt64BE(producerId, at);
  at = body.writeInt16BE(producerEpoch, at);
  body.writeInt8(1, at);
  const { errorCode, producer } = await broker.connectionPool.send(
    flexibleRequest(api, body, (answer) => ({
      clientSideThrottleTime: answer.int32(),
      errorCode: answer.int16(),
      producer: { producerId: answer.int64(), producerEpoch: answer.int16() },
    })),
  );
  if (errorCode !== 0) throw errorOfCode(errorCode);
  return producer;
}
