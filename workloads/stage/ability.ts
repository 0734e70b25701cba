/** For so long each lane group must have failed, and then the copy is a last resort: at first, and at the most. */
const seconds = { first: 60, most: 960 };

/**
 * Whether a copy can run the lane groups that it is given. One that ran none for a minute leaves them to others, which may reach what
 * it does not, and is given some only where nobody else is there; for twice as long each time that it tries again in vain. Where it
 * was given them all the same nobody else can, and what passes from copy to copy is not run sooner: there it tries for twice as long.
 */
export class Ability {
  private trySeconds = seconds.first;
  private restSeconds = seconds.first;
  private restsUntil = 0;
  private nobodyElse = false;

  /** @param now seconds, from any beginning */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {}

  get isLastResort(): boolean {
    return this.now() < this.restsUntil;
  }

  isStuck(owners: Iterable<{ failingSeconds: number }>): boolean {
    const all = [...owners];
    return all.length > 0 && all.every(({ failingSeconds }) => failingSeconds >= this.trySeconds);
  }

  /** It has lane groups now. */
  given(): void {
    this.nobodyElse = this.isLastResort;
  }

  /** It left those that it had, stuck. */
  gaveUp(): void {
    this.trySeconds = this.nobodyElse ? doubled(this.trySeconds) : seconds.first;
    this.restsUntil = this.now() + this.restSeconds;
    this.restSeconds = doubled(this.restSeconds);
  }

  /** A lane group runs. */
  proved(): void {
    this.trySeconds = seconds.first;
    this.restSeconds = seconds.first;
    this.restsUntil = 0;
  }
}

function doubled(duration: number): number {
  return Math.min(2 * duration, seconds.most);
}
