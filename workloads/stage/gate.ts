/**
 * One waits, any number wake it. Opening before the wait counts. Races over long-lived promises would leak one reaction
 * for each turn of a loop; a gate does not.
 */
export class Gate {
  private opened = false;
  private release: (() => void) | undefined;

  open(): void {
    this.opened = true;
    this.release?.();
  }

  /** Returns when the gate was opened since the last wait, or after `milliseconds`. */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.opened) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.release = resolve;
        if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
      this.release = undefined;
    }
    this.opened = false;
  }
}
