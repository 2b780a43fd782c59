import { canonicalJson } from './canonical.js';

/** One place of a row that does not fit its schema; the same bytes from every layer. */
export interface ErrorRecord {
  /** The row's position, from 0. */
  index: number;
  /** JSON Pointer to the value; for `required` and unknown keys, to the member. */
  path: string;
  /** The first token of `path`, unescaped; empty for the row itself. */
  field: string;
  /** Stable code of `shared-schemas/wire/validation.json`. */
  code: string;
  message: string;
  /** The JSON Schema keyword that failed. */
  keyword: string;
  /** The keyword's value in the schema. */
  expected: unknown;
  /** What was found, cut short when large; left out where the member is missing. */
  value?: unknown;
}

const POSITION = /^(?:0|[1-9][0-9]{0,8})$/;

/** The order of error records: index, path (array positions as numbers), keyword, expectation. */
export function compareErrors(a: ErrorRecord, b: ErrorRecord): number {
  return (
    a.index - b.index ||
    comparePaths(a.path, b.path) ||
    compareText(a.keyword, b.keyword) ||
    compareText(canonicalJson(a.expected), canonicalJson(b.expected))
  );
}

function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.split('/');
  const right = b.split('/');
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const order = compareTokens(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The order of a JSON Pointer's tokens: positions as numbers, before names. */
export function compareTokens(a: string, b: string): number {
  const isPosition = POSITION.test(a);
  if (isPosition !== POSITION.test(b)) return isPosition ? -1 : 1;
  return isPosition ? Number(a) - Number(b) : compareText(a, b);
}

/** The order of texts, by their UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
