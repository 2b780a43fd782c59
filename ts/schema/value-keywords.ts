import type { Keyword } from '../generated/validation.js';
import { canonicalJson } from './canonical.js';
import { hasFormat } from './formats.js';
import { matcherOf, type Patterns } from './pattern.js';
import { codePoints, hasUniqueItems, isEqual, isMultiple, type jsonType } from './values.js';

type Check = (value: never, expected: never, patterns: Patterns) => boolean;
type Checks = readonly [Keyword, Check][];

const texts = new WeakMap<readonly unknown[], ReadonlySet<string>>();

/** Values as canonical texts, written once for each `enum`. */
function textsOf(values: readonly unknown[]): ReadonlySet<string> {
  let known = texts.get(values);
  if (known === undefined) {
    known = new Set(values.map(canonicalJson));
    texts.set(values, known);
  }
  return known;
}

function isOneOf(value: unknown, values: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return values.includes(value);
  return textsOf(values).has(canonicalJson(value));
}

const ANY: Checks = [
  ['enum', isOneOf],
  ['const', isEqual],
];
const NUMBER: Checks = [
  ...ANY,
  ['minimum', (value: number, bound: number) => value >= bound],
  ['maximum', (value: number, bound: number) => value <= bound],
  ['exclusiveMinimum', (value: number, bound: number) => value > bound],
  ['exclusiveMaximum', (value: number, bound: number) => value < bound],
  ['multipleOf', isMultiple],
];

/** The keywords that judge a value by itself, by the type of values that they judge. */
export const VALUE_KEYWORDS: Record<NonNullable<ReturnType<typeof jsonType>>, Checks> = {
  null: ANY,
  boolean: ANY,
  integer: NUMBER,
  number: NUMBER,
  string: [
    ...ANY,
    ['minLength', (text: string, count: number) => codePoints(text) >= count],
    ['maxLength', (text: string, count: number) => codePoints(text) <= count],
    ['pattern', (text: string, one: string, known) => matcherOf(known, one).test(text)],
    ['format', hasFormat],
  ],
  array: [
    ...ANY,
    ['minItems', (items: unknown[], count: number) => items.length >= count],
    ['maxItems', (items: unknown[], count: number) => items.length <= count],
    ['uniqueItems', (items: unknown[], wanted: boolean) => !wanted || hasUniqueItems(items)],
  ],
  object: [
    ...ANY,
    ['minProperties', (value: object, count: number) => Object.keys(value).length >= count],
    ['maxProperties', (value: object, count: number) => Object.keys(value).length <= count],
  ],
};

/** The keywords that only numbers fit or not. */
export const NUMERIC = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
] as const;
