/** For so long each of its lane groups must have failed, and then a copy leaves them to others: at first, and when it tries anew. */
const trySeconds = { first: 60, again: 20 };
/** For so long it is a last resort then: at first, and at the most. */
const restSeconds = { first: 60, most: 960 };
/** For so long one that runs a lane group again does not say so: all that failed for the same reason have the time to keep their own. */
const graceSeconds = 10;

/**
 * Whether a copy can run the lane groups that it is given. One that ran none for a minute leaves them to others, which may reach what
 * it does not, and is a last resort: it is given some only where no other can run them. After a minute it has its share again and
 * tries anew, not for long: those that can would run it meanwhile. Each time in vain it rests for twice as long. Where no other can
 * either it learns nothing of itself by trying: it stays a last resort until one can, and rests for no longer.
 */
export class Ability {
  /** It left what it had, stuck, and has run nothing since. */
  private hasFailed = false;
  /** All copies are last resorts. */
  private nobodyElse = false;
  private rests = restSeconds.first;
  private restsUntil = 0;

  /** @param now seconds, from any beginning */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {}

  /** What it tells: for ten seconds longer than it is so. */
  get isLastResort(): boolean {
    return (this.hasFailed && this.nobodyElse) || this.now() < this.restsUntil;
  }

  /** It runs some again and has not said so yet: they are left to it where another says that it can run them. */
  get runsAgain(): boolean {
    return !this.hasFailed && this.now() < this.restsUntil;
  }

  isStuck(owners: Iterable<{ failingSeconds: number }>): boolean {
    const all = [...owners];
    const triesAnew = this.hasFailed && !this.nobodyElse;
    const enough = triesAnew ? trySeconds.again : trySeconds.first;
    return all.length > 0 && all.every(({ failingSeconds }) => failingSeconds >= enough);
  }

  /** The lane groups were handed out. @param nobodyElse whether all copies among which they were are last resorts */
  assigned(nobodyElse: boolean): void {
    // One that can has them now. That one is left alone with them for a while.
    if (this.hasFailed && this.nobodyElse && !nobodyElse) this.rest(restSeconds.first);
    this.nobodyElse = nobodyElse;
  }

  /** It left what it had, stuck. */
  gaveUp(): void {
    this.hasFailed = true;
    this.rest(this.rests);
    if (!this.nobodyElse) this.rests = Math.min(2 * this.rests, restSeconds.most);
  }

  /** A lane group runs. */
  proved(): void {
    if (this.hasFailed) this.restsUntil = this.isLastResort ? this.now() + graceSeconds : 0;
    this.hasFailed = false;
    this.rests = restSeconds.first;
  }

  private rest(duration: number): void {
    this.restsUntil = Math.max(this.restsUntil, this.now() + duration);
  }
}
