/** A problem that the person at the keyboard can mend: shown without a stack trace, names place, value and remedy. */
export class LabError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LabError";
  }
}
