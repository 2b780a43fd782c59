import { z } from 'zod';
import type { FormatName } from '../generated/formats.js';
import { canonicalJson } from './canonical.js';
import { formatTest } from './formats.js';
import { expression, type Matcher, type Patterns } from './pattern.js';
import { hasUniqueItems, isMultiple, jsonType } from './values.js';

export { expression } from './pattern.js';

/**
 * The named checks of generated schemas: what Zod itself would judge otherwise than JSON Schema.
 *
 * A check that takes schemas asks them for a verdict only, so that each judges the value as it
 * came, and a schema within itself is an island for `z.compile`.
 */

type Infer<T extends z.ZodType> = z.infer<T>;
type Members = Readonly<Record<string, unknown>>;

const acceptors = new WeakMap<z.ZodType, z.ZodType>();

type Verdicts = Map<z.ZodType, Map<object, boolean>>;

/**
 * What was found of the objects within the value that is being judged. Zod looks at a refused
 * value twice, the second time for its issues, and does so at every level of a schema within
 * itself: without these that takes 2^depth.
 */
let verdicts: Verdicts | undefined;

/** Whether a schema, compiled at its first use, accepts a value. */
export function accepts(schema: z.ZodType, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isAccepted(schema, value);
  const outer = verdicts;
  verdicts ??= new Map();
  try {
    let known = verdicts.get(schema);
    if (known === undefined) {
      known = new Map();
      verdicts.set(schema, known);
    }
    let verdict = known.get(value);
    if (verdict === undefined) {
      verdict = isAccepted(schema, value);
      known.set(value, verdict);
    }
    return verdict;
  } finally {
    verdicts = outer;
  }
}

function isAccepted(schema: z.ZodType, value: unknown): boolean {
  let compiled = acceptors.get(schema);
  if (compiled === undefined) {
    compiled = z.compile(schema, { strict: true });
    acceptors.set(schema, compiled);
  }
  return z.validate(compiled, value);
}

/** `format`: a string of one of the formats of `shared-schemas/formats.json`. */
export function format(name: FormatName) {
  return z.refine<string>(formatTest(name), { params: { keyword: 'format' } });
}

/** `pattern` that is matched by an automaton; see `expression`. */
export function pattern(portable: string) {
  const { test } = expression(portable);
  return z.refine<string>(test, { params: { keyword: 'pattern' } });
}

/** What matches the patterns of a schema, for `explain`. */
export function matchers(...known: readonly (readonly [pattern: string, Matcher])[]): Patterns {
  return new Map(known);
}

/** `uniqueItems`: no item twice, by JSON equality (1 is 1.0, the order of keys is none). */
export function uniqueItems() {
  return z.refine<unknown[]>(hasUniqueItems, { params: { keyword: 'uniqueItems' } });
}

/** `multipleOf` for any number, exact on decimals. */
export function multipleOf(step: number) {
  return z.refine<number>((value) => isMultiple(value, step), {
    params: { keyword: 'multipleOf' },
  });
}

/** `contains`, with `minContains` and `maxContains`. */
export function contains(item: z.ZodType, least: number, most = Number.POSITIVE_INFINITY) {
  const fits = (items: readonly unknown[]) => {
    const count = items.filter((one) => accepts(item, one)).length;
    return count >= least && count <= most;
  };
  return z.refine<unknown[]>(fits, { params: { keyword: 'contains' } });
}

/** `enum` and `const` whose values are not all scalars: deep equality. */
export function anyValueOf<const T>(values: readonly T[]) {
  const texts = new Set(values.map(canonicalJson));
  return custom<T>('enum', (value) => texts.has(canonicalJson(value)));
}

/** A member whose name every object inherits (`constructor`): absent unless it is the row's own. */
export function ownMember<T extends z.ZodType>(schema: T, required: boolean) {
  const own = required
    ? custom<Infer<T>>('required', (value) => accepts(schema, value))
    : schema.optional();
  return z.preprocess((value) => (typeof value === 'function' ? undefined : value), own);
}

/** Keywords without `type`: each judges the values of its own type, the others fit. */
export function byType(schemas: {
  readonly number?: z.ZodType;
  readonly string?: z.ZodType;
  readonly array?: z.ZodType;
  readonly object?: z.ZodType;
}) {
  return custom<unknown>('type', (value) => {
    const kind = jsonType(value);
    const schema = schemas[(kind === 'integer' ? 'number' : kind) as keyof typeof schemas];
    return schema === undefined || accepts(schema, value);
  });
}

type Intersection<T extends readonly z.ZodType[]> = T extends readonly [
  infer First extends z.ZodType,
  ...infer Rest extends readonly z.ZodType[],
]
  ? Infer<First> & Intersection<Rest>
  : unknown;

/** `allOf`, and whatever else applies together. */
export function allOf<const T extends readonly z.ZodType[]>(schemas: T) {
  return custom<Intersection<T>>('allOf', (value) => schemas.every((one) => accepts(one, value)));
}

/** `oneOf`: exactly one of the variants accepts the value. */
export function exactlyOne<const T extends readonly z.ZodType[]>(variants: T) {
  return custom<Infer<T[number]>>(
    'oneOf',
    (value) => variants.filter((one) => accepts(one, value)).length === 1,
  );
}

/** `not`: whatever the schema refuses. */
export function not(schema: z.ZodType) {
  return custom<unknown>('not', (value) => !accepts(schema, value));
}

/** `if`, `then`, `else`. */
export function conditional(test: z.ZodType, then: z.ZodType, otherwise: z.ZodType) {
  return custom<unknown>('if', (value) => accepts(accepts(test, value) ? then : otherwise, value));
}

/** `$ref` to a schema that is not made yet: one within itself. */
export function reference<T = unknown>(schema: () => z.ZodType) {
  return custom<T>('$ref', (value) => accepts(schema(), value));
}

/** `prefixItems`, and `items` for those behind them; there may be fewer. */
export function prefixItems(first: readonly z.ZodType[], rest?: z.ZodType) {
  return custom<unknown[]>('prefixItems', (value) => {
    if (!Array.isArray(value)) return false;
    return value.every((item, position) => {
      const schema = position < first.length ? first[position] : rest;
      return schema === undefined || accepts(schema, item);
    });
  });
}

/** `additionalProperties` alone: every member is of one schema. */
export function mapOf<T extends z.ZodType>(schema: T) {
  return object<Record<string, Infer<T>>>('additionalProperties', (value) =>
    Object.keys(value).every((name) => accepts(schema, value[name])),
  );
}

/**
 * `patternProperties`, and `additionalProperties` for the names that nothing else has.
 *
 * @param options.declared the names that `properties` has, judged elsewhere.
 * @param options.own members judged here, as Zod's objects cannot see their names.
 */
export function members(options: {
  readonly declared?: readonly string[];
  readonly own?: readonly (readonly [string, z.ZodType])[];
  readonly patterns?: readonly (readonly [Matcher, z.ZodType])[];
  readonly others?: z.ZodType;
}) {
  const { own = [], patterns = [], others } = options;
  const declared = new Set(options.declared);
  return object<Members>('patternProperties', (value) =>
    Object.keys(value).every((name) => {
      const judges = patterns.filter(([matcher]) => matcher.test(name));
      if (judges.length === 0 && others !== undefined && !declared.has(name)) {
        return accepts(others, value[name]);
      }
      judges.push(...own.filter(([known]) => known === name).map(([, one]) => [ANY, one] as const));
      return judges.every(([, schema]) => accepts(schema, value[name]));
    }),
  );
}

const ANY: Matcher = { test: () => true };

/** `propertyNames`. */
export function memberNames(schema: z.ZodType) {
  return object<Members>('propertyNames', (value) =>
    Object.keys(value).every((name) => accepts(schema, name)),
  );
}

/** `minProperties` and `maxProperties`. */
export function memberCount(least: number, most = Number.POSITIVE_INFINITY) {
  return object<Members>('minProperties', (value) => {
    const count = Object.keys(value).length;
    return count >= least && count <= most;
  });
}

/** `required` for names that Zod's objects cannot see. */
export function requires(names: readonly string[]) {
  return object<Members>('required', (value) => names.every((name) => Object.hasOwn(value, name)));
}

/** `dependentRequired`: with one member, others are required. */
export function dependentRequired(names: Readonly<Record<string, readonly string[]>>) {
  const entries = Object.entries(names);
  return object<Members>('dependentRequired', (value) =>
    entries.every(
      ([trigger, wanted]) =>
        !Object.hasOwn(value, trigger) || wanted.every((name) => Object.hasOwn(value, name)),
    ),
  );
}

/** `dependentSchemas`: with a member, the object must fit a schema. */
export function dependentSchemas(schemas: Readonly<Record<string, z.ZodType>>) {
  const entries = Object.entries(schemas);
  return object<Members>('dependentSchemas', (value) =>
    entries.every(([trigger, one]) => !Object.hasOwn(value, trigger) || accepts(one, value)),
  );
}

function object<T>(keyword: string, fits: (value: Members) => boolean) {
  return custom<T>(keyword, (value) => jsonType(value) === 'object' && fits(value as Members));
}

/** A schema of our own; `undefined` is a member that is absent, which is no value. */
function custom<T>(keyword: string, fits: (value: unknown) => boolean) {
  return z.custom<T>((value) => value !== undefined && fits(value), { params: { keyword } });
}
