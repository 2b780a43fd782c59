import { canonicalJson } from './canonical.js';

/** JSON's types; an integral number is an `integer`. */
export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** The type of a JSON value; undefined for what no JSON text holds. */
export function jsonType(value: unknown): JsonType | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
    case 'boolean':
    case 'string':
      return typeof value as JsonType;
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'array' : 'object';
    default:
      return undefined;
  }
}

/** Whether a value is of one of a schema's types; integers end at ±(2^53-1). */
export function fitsType(value: unknown, types: string | readonly string[]): boolean {
  const listed = typeof types === 'string' ? [types] : types;
  const kind = jsonType(value);
  if (kind === undefined) return false;
  if (kind === 'integer') {
    return listed.includes('number') || (listed.includes('integer') && Number.isSafeInteger(value));
  }
  return listed.includes(kind) && (kind !== 'number' || Number.isFinite(value));
}

const FEW = 8;

/** Whether an array has no item twice, by JSON equality (1 is 1.0, the order of keys is none). */
export function hasUniqueItems(items: readonly unknown[]): boolean {
  if (items.length < 2) return true;
  const plain = items.every((item) => typeof item !== 'object');
  // Below so many, looking at each pair costs less than a set.
  if (plain && items.length <= FEW) return items.every((item, at) => items.indexOf(item) === at);
  return new Set(plain ? items : items.map(canonicalJson)).size === items.length;
}

/** Whether two JSON values are equal as JSON. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

/**
 * Whether a number is a multiple of the step, exactly, as decimals: 0.07 is one of 0.01.
 *
 * A double stands for the shortest decimal that reads back as it, which is what JSON shows.
 */
export function isMultiple(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  if (!Number.isFinite(value)) return false;
  const [digits, exponent] = decimal(value);
  const [stepDigits, stepExponent] = decimal(step);
  const least = Math.min(exponent, stepExponent);
  const scaled = digits * 10n ** BigInt(exponent - least);
  return scaled % (stepDigits * 10n ** BigInt(stepExponent - least)) === 0n;
}

/** A number as digits · 10^exponent. */
function decimal(value: number): [bigint, number] {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

/** How many code points a text has. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    const high = text.charCodeAt(at);
    if (high >= 0xd800 && high < 0xdc00) {
      const low = text.charCodeAt(at + 1);
      if (low >= 0xdc00 && low < 0xe000) {
        count -= 1;
        at += 1;
      }
    }
  }
  return count;
}
