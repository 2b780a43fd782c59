import { KEYWORDS, type Keyword } from '../generated/validation.js';
import { canonicalJson, shown } from './canonical.js';
import { compareText, type ErrorRecord } from './error-record.js';

export type Path = readonly (string | number)[];

/** A place of a value that does not fit a keyword. */
export interface Fault {
  readonly path: Path;
  readonly keyword: Keyword;
  /** The keyword's value in the schema. */
  readonly expected: unknown;
  readonly value: unknown;
}

/** Stands for the value of a member that is not there. */
export const MISSING = Symbol('missing');

/** What a keyword expects, as records show it, and its canonical text. */
interface Expectation {
  readonly shown: unknown;
  readonly text: string;
}

/** A large `enum` is told once, however many values do not fit it. */
const expectations = new WeakMap<object, Expectation>();

function expectation(expected: unknown): Expectation {
  if (typeof expected !== 'object' || expected === null) return expectationOf(expected);
  let known = expectations.get(expected);
  if (known === undefined) {
    known = expectationOf(expected);
    expectations.set(expected, known);
  }
  return known;
}

function expectationOf(expected: unknown): Expectation {
  const value = shown(expected);
  return { shown: value, text: canonicalJson(value) };
}

/** The faults of one place in the order of their records; what several schemas say alike, once. */
export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  if (faults.length < 2) return faults;
  const known = new Map<string, [text: string, fault: Fault]>();
  for (const fault of faults) {
    const { text } = expectation(fault.expected);
    known.set(`${fault.keyword} ${text}`, [text, fault]);
  }
  return [...known.values()]
    .sort(([a, { keyword }], [b, other]) => {
      return compareText(keyword, other.keyword) || compareText(a, b);
    })
    .map(([, fault]) => fault);
}

export function errorRecord(index: number, { path, keyword, expected, value }: Fault): ErrorRecord {
  const { code, message } = KEYWORDS[keyword];
  const told = expectation(expected);
  const text = typeof told.shown === 'string' ? told.shown : told.text;
  return {
    index,
    path: path.map((token) => `/${pointerToken(String(token))}`).join(''),
    field: path.length === 0 ? '' : String(path[0]),
    code,
    message: message.replace('{expected}', () => text),
    keyword,
    expected: told.shown,
    ...(value === MISSING ? {} : { value: shown(value) }),
  };
}

/** A name as a JSON Pointer writes it. */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
