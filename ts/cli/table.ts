/** Sets a table: each cell is padded to the widest of its column, the last of a row is not. */
export function aligned(
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  );
  const cellOf = (row: readonly string[], at: number) => {
    const cell = row[at] ?? '';
    const width = widths[at] ?? 0;
    if (right.includes(at)) return cell.padStart(width);
    return at === row.length - 1 ? cell : cell.padEnd(width);
  };
  return rows.map((row) =>
    row
      .map((_, at) => cellOf(row, at))
      .join('  ')
      .trimEnd(),
  );
}
