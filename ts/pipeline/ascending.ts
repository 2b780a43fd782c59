/** The numbers of the first list that the second has not; both ascending. */
export function difference(list: readonly number[], other: readonly number[]): readonly number[] {
  if (other.length === 0) return list;
  let at = 0;
  return list.filter((one) => {
    while (at < other.length && (other[at] ?? 0) < one) at += 1;
    return other[at] !== one;
  });
}

/** The numbers of either list, each once, ascending; both lists are. */
export function union(
  list: readonly number[] = [],
  other: readonly number[] = [],
): readonly number[] {
  const added = difference(other, list);
  return added.length === 0 ? list : [...list, ...added].sort((a, b) => a - b);
}
