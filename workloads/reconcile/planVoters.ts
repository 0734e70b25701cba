import type { WantedBroker } from "../../core/contract/reconcileJob";
import type { QuorumMember } from "./observeVoters";

/**
 * Whose vote is to be taken, as its host is gone, and which brokers do not vote yet. A broker with a new disk is there twice for
 * a while: the old disk votes until the votes have been exchanged, and follows for minutes after. Of the two, the one that
 * fetches is alive. Pure.
 */
export function planVoters(
  brokers: readonly Pick<WantedBroker, "id" | "voter">[],
  { voters, observers }: { voters: readonly QuorumMember[]; observers: readonly QuorumMember[] },
): { gone: QuorumMember[]; waiting: number[] } {
  const gone = voters.filter(({ id }) => !brokers.some((broker) => broker.id === id));
  const waiting = brokers
    .filter(({ voter }) => voter)
    .map(({ id }) => id)
    .filter((id) => {
      const fetchedBy = (members: readonly QuorumMember[]) =>
        members
          .filter((each) => each.id === id)
          .reduce((last, { lastFetch }) => (lastFetch > last ? lastFetch : last), -1n);
      return !voters.some((each) => each.id === id) || fetchedBy(observers) > fetchedBy(voters);
    });
  return { gone, waiting };
}
