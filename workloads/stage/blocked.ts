/**
 * Going on would lose records, or read others than those that are meant: a person must decide. The lane group stands still, says
 * why (state `blocked`), and looks again every ten seconds.
 */
export class Blocked extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Blocked";
  }
}
