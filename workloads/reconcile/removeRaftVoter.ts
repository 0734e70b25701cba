import { createAPI, ResponseError, Writer, type Connection } from "@platformatic/kafka";

interface Response {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null | undefined;
}

/** RemoveRaftVoter, version 0 (KIP-853), which the client does not bring: any broker hands it on to the active controller. */
const api = createAPI<[voter: number, directoryId: string], Response>(
  81,
  0,
  (voter: number, directoryId: string) =>
    Writer.create().appendString(null).appendInt32(voter).appendUUID(directoryId).appendTaggedFields(),
  (_correlationId, apiKey, apiVersion, reader) => {
    const response: Response = {
      throttleTimeMs: reader.readInt32(),
      errorCode: reader.readInt16(),
      errorMessage: reader.readNullableString(),
    };
    reader.readTaggedFields();
    if (response.errorCode !== 0) {
      const errors = { "/": [response.errorCode, response.errorMessage] } as ConstructorParameters<
        typeof ResponseError
      >[2];
      throw new ResponseError(apiKey, apiVersion, errors, response);
    }
    return response;
  },
);

/** @param directoryId of the disk with which it votes: one with another disk keeps its vote */
export async function removeRaftVoter(connection: Connection, voter: number, directoryId: string): Promise<void> {
  await api.async(connection, voter, directoryId);
}
