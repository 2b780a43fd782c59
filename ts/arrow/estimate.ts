/** Where text and lists of some rows end, by the column's id. */
export type Measure = (rows: readonly unknown[]) => number[];

const LEAST_SAMPLE = 128;
const SAMPLED_PART = 1 / 64;
const GROUPS = 8;
/** How many standard errors above the mean there is room for, and which part of the mean. */
const CONFIDENCE = 4;
const MARGIN = 1 / 32;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Estimates where columns of text and lists will end, rather high, from a sample of the rows.
 *
 * A pass over all rows would tell exactly, but takes a fifth of the time of writing them. The
 * sample is measured in groups, by which the estimates differ for columns of rare or uneven values.
 */
export function estimateEnds(rows: readonly unknown[], measure: Measure): number[] {
  const { length } = rows;
  const groupSize = Math.ceil(Math.max(LEAST_SAMPLE, length * SAMPLED_PART) / GROUPS);
  if (length <= groupSize * GROUPS) return measure(rows);
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    measure(sampleOf(rows, group * groupSize, groupSize)),
  );
  const groupsOfAll = length / groupSize;
  return (groups[0] ?? []).map((_, id) => {
    const ends = groups.map((group) => group[id] ?? 0);
    const mean = ends.reduce((sum, end) => sum + end, 0) / GROUPS;
    const variance = ends.reduce((sum, end) => sum + (end - mean) ** 2, 0) / (GROUPS - 1);
    const error = Math.sqrt(variance / GROUPS);
    return Math.ceil((mean * (1 + MARGIN) + CONFIDENCE * error) * groupsOfAll);
  });
}

/** Steps by the golden ratio spread evenly, and meet no rhythm in the rows. */
function sampleOf(rows: readonly unknown[], first: number, size: number): unknown[] {
  return Array.from({ length: size }, (_, index) => {
    const part = ((first + index) * GOLDEN_RATIO) % 1;
    return rows[Math.floor(part * rows.length)];
  });
}
