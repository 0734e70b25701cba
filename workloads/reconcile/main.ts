import { reconcileFiles, reconcileRefused } from "../../core/contract/reconcileJob";
import { messageOf } from "../../core/errors";
import { readJob } from "./readJob";
import { reconcile, Refused } from "./reconcile";

/** Entry point of the reconcile container. Says what it did in plain words; never a password. */
async function main(): Promise<number> {
  const tell = (line: string) => console.log(line);
  try {
    const changes = await reconcile(readJob(reconcileFiles.job, reconcileFiles.secrets), tell);
    tell(changes === 0 ? "nothing to change" : `done: ${changes} changes`);
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return error instanceof Refused ? reconcileRefused : 1;
  }
}

void main().then((code) => process.exit(code));
