/** Lines on standard error, each with the seconds since this call. */
export function elapsedLog(): (line: string) => void {
  const start = performance.now();
  return (line) => process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
}
