import { z } from 'zod';
import { FORMATS, type FormatName } from '../generated/formats.js';
import { canonicalJson } from './canonical.js';

/** The named checks of generated schemas: what Zod itself would judge otherwise than JSON Schema. */

const EXPRESSIONS = new Map<string, RegExp>(
  Object.entries(FORMATS).map(([name, pattern]) => [name, new RegExp(pattern, 'u')]),
);

/** `format`: a string of one of the formats of `shared-schemas/formats.json`. */
export function format(name: FormatName) {
  const expression = EXPRESSIONS.get(name);
  if (expression === undefined) throw new Error(`${name} is not a format of formats.json`);
  return z.refine<string>((text) => expression.test(text), { params: { keyword: 'format' } });
}

/** `maxItems`; Zod's own `.max` would not look at the items of an array that is too long. */
export function maxItems(count: number) {
  return z.refine<unknown[]>((items) => items.length <= count, { params: { keyword: 'maxItems' } });
}

/** `uniqueItems`: no item twice, by JSON equality (1 is 1.0, the order of keys does not matter). */
export function uniqueItems() {
  return z.refine<unknown[]>(hasUniqueItems, { params: { keyword: 'uniqueItems' } });
}

/** Whether an array has no item twice, by JSON equality. */
export function hasUniqueItems(items: readonly unknown[]): boolean {
  if (items.length < 2) return true;
  const plain = items.every((item) => typeof item !== 'object');
  return new Set(plain ? items : items.map(canonicalJson)).size === items.length;
}

/** `multipleOf` for any number, exact: a power of ten counts decimals, an integer divides. */
export function multipleOf(step: number) {
  const decimals = step < 1 ? Math.round(-Math.log10(step)) : 0;
  const fits =
    decimals > 0
      ? (value: number) => decimalPlaces(value) <= decimals
      : (value: number) => value % step === 0;
  return z.refine<number>(fits, { params: { keyword: 'multipleOf' } });
}

/** `enum` and `const` whose values are not all scalars: deep equality. */
export function oneOf<const T>(values: readonly T[]) {
  const texts = new Set(values.map(canonicalJson));
  return z.custom<T>((value) => value !== undefined && texts.has(canonicalJson(value)), {
    params: { keyword: 'enum' },
  });
}

/** A member whose name every object inherits (`constructor`): absent unless it is the row's own. */
export function ownMember<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (typeof value === 'function' ? undefined : value), schema);
}

/** `anyOf`: one of the variants accepts the value; when none does, one error stands for all. */
export function anyOf<const T extends readonly z.ZodType[]>(variants: T) {
  return z.custom<z.infer<T[number]>>(
    (value) => value !== undefined && variants.some((variant) => variant.safeParse(value).success),
    { params: { keyword: 'anyOf' } },
  );
}

function decimalPlaces(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const point = mantissa.indexOf('.');
  const places = point < 0 ? 0 : mantissa.length - point - 1;
  return places - Number(exponent);
}
