/** For so long each lane group must have failed, and then the copy is a last resort: at first, and at the most. */
const seconds = { first: 60, most: 960 };

/**
 * Whether a copy can run the lane groups that it is given. One that ran none for a minute leaves them to others, which may reach what
 * it does not, and is a last resort for a minute: it is given some only where no other can run them. For twice as long after each
 * other try that is in vain. As a last resort it tries for twice as long, instead: nobody else can, and what passes from copy to copy
 * is not run sooner.
 */
export class Ability {
  private trySeconds = seconds.first;
  private restSeconds = seconds.first;
  private restsUntil = 0;
  /** It was given lane groups as a last resort, and has not run any. */
  private nobodyElse = false;

  /** @param now seconds, from any beginning */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {}

  get isLastResort(): boolean {
    return this.nobodyElse || this.now() < this.restsUntil;
  }

  isStuck(owners: Iterable<{ failingSeconds: number }>): boolean {
    const all = [...owners];
    return all.length > 0 && all.every(({ failingSeconds }) => failingSeconds >= this.trySeconds);
  }

  /** It has lane groups, and had none before. */
  given(): void {
    this.nobodyElse = this.isLastResort;
  }

  /** It left those that it had, stuck. */
  gaveUp(): void {
    if (this.nobodyElse) this.trySeconds = doubled(this.trySeconds);
    this.rest();
    if (!this.nobodyElse) this.restSeconds = doubled(this.restSeconds);
    this.nobodyElse = false;
  }

  /** Others have those that it had: of a last resort because one of them can run them. */
  spared(): void {
    if (!this.nobodyElse) return;
    this.nobodyElse = false;
    this.trySeconds = seconds.first;
    this.rest();
  }

  /** A lane group runs. */
  proved(): void {
    this.trySeconds = seconds.first;
    this.restSeconds = seconds.first;
    this.restsUntil = 0;
    this.nobodyElse = false;
  }

  private rest(): void {
    this.restsUntil = this.now() + this.restSeconds;
  }
}

function doubled(duration: number): number {
  return Math.min(2 * duration, seconds.most);
}
