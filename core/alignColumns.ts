/**
 * Cells as text in columns, two blanks between them, one line for each row; nothing is cut. Pure.
 *
 * @param rows all of the same length, titles among them
 * @param right columns whose cells end together, as numbers do; the others begin together
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => false,
): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => (right(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}
