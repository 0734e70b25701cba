/** Says why it waits when the reason is a new one. */
export function tellOnce(tell: (line: string) => void): (reason: string) => void {
  let last = "";
  return (reason) => {
    if (reason !== last) tell(`waiting: ${reason}`);
    last = reason;
  };
}
