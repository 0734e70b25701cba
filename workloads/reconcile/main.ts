import { reconcileFiles, reconcileRefused } from "../../core/contract/reconcileJob";
import { messageOf } from "../../core/errors";
import { readJob } from "./readJob";
import { reconcile } from "./reconcile";
import { Refused } from "./refused";

/** `reconcile [job file] [folder of secrets]`; in the container both have their place. Says what it did in plain words; never a password. */
async function main(): Promise<number> {
  const tell = (line: string) => console.log(line);
  try {
    const [jobFile = reconcileFiles.job, secrets = reconcileFiles.secrets] = process.argv.slice(2);
    const changes = await reconcile(readJob(jobFile, secrets), tell);
    tell(changes === 0 ? "nothing to change" : `done: ${changes} changes`);
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return error instanceof Refused ? reconcileRefused : 1;
  }
}

void main().then((code) => process.exit(code));
