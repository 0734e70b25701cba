/** A desired state that would lose data; nothing was changed. */
export class Refused extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(`refused, nothing was changed:\n${reasons.map((reason) => `  - ${reason}`).join("\n")}`);
    this.name = "Refused";
  }
}
