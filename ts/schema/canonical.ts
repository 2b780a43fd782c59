const MAX_TEXT = 200;
const MAX_JSON = 500;
const MAX_DEPTH = 64;

/**
 * Writes a JSON value compactly with sorted keys, so that equal values give equal text.
 *
 * Keys are in JavaScript's own order of an object whose keys were added sorted; Python's
 * `canonical_json` gives the same bytes.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/**
 * A JSON value as error records show it: keys sorted, what is long or large cut short.
 *
 * A value that is nested more than 64 deep is shown as `…` alone.
 */
export function shown(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value !== 'object' || value === null) return sorted(value);
  if (isDeeper(value, MAX_DEPTH)) return '…';
  const normal = sorted(value);
  const text = JSON.stringify(normal);
  return text.length > MAX_JSON && [...text].length > MAX_JSON ? cut(text) : normal;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const points = [...text];
  return points.length <= MAX_TEXT ? text : `${points.slice(0, MAX_TEXT).join('')}…`;
}

function sorted(value: unknown): unknown {
  // Rows of a program may hold one; as JSON they have its digits.
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const result: Record<string, unknown> = {};
  for (const [key, member] of members) {
    // Assignment would set the prototype for a member named __proto__.
    Object.defineProperty(result, key, { value: sorted(member), enumerable: true });
  }
  return result;
}
