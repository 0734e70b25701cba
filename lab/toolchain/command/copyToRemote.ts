import { randomBytes } from "node:crypto";
import { diffFields, sameValue } from "../provider/diff";
import type { CheckFailure, OperationContext, ResourceKind } from "../provider/provider";
import { ARCHIVE, ASSET, isFields, reveal, SIGNATURE, UNKNOWN, type Fields, type Value } from "../provider/values";
import { checkConnection, readConnection } from "./connection";
import { dial } from "./dial";
import { uploadPath, uploadText } from "./upload";

const INPUTS = ["connection", "remotePath", "source", "triggers"];

/** Copies a file, a folder or a text to a host; again when its content or its destination changes. */
export const copyToRemoteKind: ResourceKind = {
  check(news) {
    const failures: CheckFailure[] = [];
    const connection = checkConnection(news.connection, failures);
    if (news.remotePath === undefined) {
      failures.push({ property: "remotePath", reason: "Missing required field 'remotePath'" });
    }
    checkSource(reveal(news.source), failures);
    return { inputs: connection === undefined ? news : { ...news, connection }, failures };
  },

  diff(olds, news) {
    const oldInputs = Object.fromEntries(Object.entries(olds).filter(([name]) => INPUTS.includes(name)));
    const changes = diffFields(oldInputs, news, ["triggers"]);
    return { changed: Object.keys(changes).length > 0, changes };
  },

  async create({ inputs, preview }, context) {
    if (preview) return { id: "", outputs: inputs };
    await copy(inputs, context);
    return { id: randomBytes(4).toString("hex"), outputs: inputs };
  },

  async update({ olds, news, preview }, context) {
    const same =
      sameValue(reveal(olds.source), reveal(news.source)) &&
      sameValue(reveal(olds.remotePath), reveal(news.remotePath));
    if (!preview && !same) await copy(news, context);
    return news;
  },
};

function checkSource(source: Value, failures: CheckFailure[]): void {
  if (source === UNKNOWN) return;
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  if (!isFields(source)) fail("asset", "either asset or archive must be set");
  else if (source[SIGNATURE] === ASSET && !("path" in source) && !("text" in source)) {
    fail("asset", "asset must be a path-based file asset or a text asset");
  } else if (source[SIGNATURE] === ARCHIVE && !("path" in source)) {
    fail("archive", "archive must be a path to a file or directory");
  }
}

async function copy(inputs: Fields, context: OperationContext): Promise<void> {
  const source = reveal(inputs.source) as { path?: string; text?: string };
  const remotePath = String(reveal(inputs.remotePath));
  const client = await dial(readConnection(inputs.connection), context);
  const close = () => client.destroy();
  context.signal.addEventListener("abort", close, { once: true });
  try {
    if (source.path) await uploadPath(client, source.path, remotePath);
    else await uploadText(client, source.text ?? "", remotePath);
  } catch (error) {
    throw context.signal.aborted ? context.signal.reason : error;
  } finally {
    context.signal.removeEventListener("abort", close);
    client.end();
  }
}
