import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "./apiClient";
import type { ApiAnswer } from "./apiTimes";

/** Only etcd's majority answers it, as it would a change. */
const quorumRead = "/api/v1/namespaces/kube-system";
const everyMs = 500;
const timeoutMs = 3000;

export interface ApiWatch {
  /** All that was asked so far, in the order of asking. */
  answers: readonly ApiAnswer[];
  stop(): Promise<void>;
}

/** Asks the API's main entry again and again until it is told to stop. Times are milliseconds since the epoch. */
export function watchApi(api: ApiClient): ApiWatch {
  const answers: ApiAnswer[] = [];
  const stop = new AbortController();
  const ask = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const asked = Date.now();
      const ok = await api.get(quorumRead, { timeoutMs }).then(
        () => true,
        () => false,
      );
      answers.push({ asked, answered: Date.now(), ok });
      await sleep(Math.max(0, asked + everyMs - Date.now()), undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const done = ask();
  return {
    answers,
    async stop() {
      stop.abort();
      await done;
    },
  };
}
