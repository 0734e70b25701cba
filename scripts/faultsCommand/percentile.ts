/** The value below which a share (0 to 1) of the values lies: nearest rank. Undefined for none. Pure. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
