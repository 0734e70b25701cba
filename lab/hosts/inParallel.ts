import { messageOf } from "../../core/errors";
import { LabError } from "../labError";

/**
 * Does `work` for every item, at most `limit` at a time. All are tried, also when some fail.
 * @throws LabError that counts the failures and names each
 */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  nameOf: (item: T) => string,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failures.push(`${nameOf(item)}: ${messageOf(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length === 0) return;
  throw new LabError(
    `${failures.length} of ${items.length} hosts failed:\n${failures.map((f) => `  - ${f}`).join("\n")}`,
  );
}
