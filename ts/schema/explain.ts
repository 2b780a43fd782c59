import { KEYWORDS, type Keyword } from '../generated/validation.js';
import { canonicalJson, shown } from './canonical.js';
import { compareErrors, type ErrorRecord } from './error-record.js';
import { hasFormat } from './formats.js';
import type { JsonSchema } from './layout.js';
import { expressionOf } from './pattern.js';
import { codePoints, fitsType, hasUniqueItems, isEqual, isMultiple, jsonType } from './values.js';

type Path = readonly (string | number)[];
type Schema = JsonSchema | boolean;
interface Fault {
  readonly path: Path;
  readonly keyword: Keyword;
  readonly expected: unknown;
  readonly value: unknown;
}

const MISSING = Symbol('missing');

/**
 * Says why a value does not fit its schema: every place at fault, with its keyword.
 *
 * Zod decides whether a value fits; it skips checks of what has failed already, so the full list
 * is read off the schema here.
 *
 * @param document The JSON Schema that the Zod schema was generated from, self-contained.
 * @param index The row's position, kept in each record.
 * @returns The records, sorted by path and keyword; none where the value fits.
 */
export function explain(document: Schema, value: unknown, index: number): ErrorRecord[] {
  const records = new Map<string, ErrorRecord>();
  for (const fault of new Explainer(document).faults(document, value, [])) {
    const record = errorRecord(index, fault);
    records.set(`${record.path} ${record.keyword} ${canonicalJson(record.expected)}`, record);
  }
  return [...records.values()].sort(compareErrors);
}

class Explainer {
  readonly #document: Schema;

  constructor(document: Schema) {
    this.#document = document;
  }

  /** A failed type hides the other faults of its place. */
  *faults(schema: Schema, value: unknown, path: Path): Generator<Fault> {
    if (schema === true) return;
    if (schema === false) {
      yield { path, keyword: 'false', expected: false, value };
      return;
    }
    if (schema.type !== undefined && !fitsType(value, schema.type as string | string[])) {
      yield { path, keyword: 'type', expected: schema.type, value };
      return;
    }
    if (typeof value === 'number' && !Number.isFinite(value) && NUMERIC.some((k) => k in schema)) {
      yield { path, keyword: 'type', expected: 'number', value };
      return;
    }
    const kind = jsonType(value);
    for (const [keyword, check] of CHECKS[kind ?? 'null']) {
      const expected = schema[keyword];
      if (expected !== undefined && !check(value as never, expected as never)) {
        yield { path, keyword, expected, value };
      }
    }
    if (kind === 'array') yield* this.#itemFaults(schema, value as unknown[], path);
    if (kind === 'object') {
      yield* this.#memberFaults(schema, value as Record<string, unknown>, path);
    }
    yield* this.#faultsInPlace(schema, value, path);
  }

  #fits(schema: Schema, value: unknown): boolean {
    return this.faults(schema, value, []).next().done === true;
  }

  *#faultsInPlace(schema: JsonSchema, value: unknown, path: Path): Generator<Fault> {
    if (typeof schema.$ref === 'string') yield* this.faults(this.#target(schema.$ref), value, path);
    for (const one of schemas(schema.allOf)) yield* this.faults(one, value, path);
    const fitting = (list: unknown) => schemas(list).filter((one) => this.#fits(one, value)).length;
    if (schema.anyOf !== undefined && fitting(schema.anyOf) === 0) {
      yield { path, keyword: 'anyOf', expected: schema.anyOf, value };
    }
    if (schema.oneOf !== undefined && fitting(schema.oneOf) !== 1) {
      yield { path, keyword: 'oneOf', expected: schema.oneOf, value };
    }
    if (schema.not !== undefined && this.#fits(schema.not as Schema, value)) {
      yield { path, keyword: 'not', expected: schema.not, value };
    }
    if (schema.if !== undefined) {
      const then = this.#fits(schema.if as Schema, value) ? schema.then : schema.else;
      if (then !== undefined) yield* this.faults(then as Schema, value, path);
    }
  }

  *#itemFaults(schema: JsonSchema, items: readonly unknown[], path: Path): Generator<Fault> {
    const prefix = schemas(schema.prefixItems);
    for (const [position, item] of items.entries()) {
      const judge = position < prefix.length ? prefix[position] : (schema.items as Schema);
      if (judge !== undefined) yield* this.faults(judge, item, [...path, position]);
    }
    if (schema.contains === undefined) return;
    const count = items.filter((item) => this.#fits(schema.contains as Schema, item)).length;
    const { minContains, maxContains } = schema as { minContains?: number; maxContains?: number };
    if (count < (minContains ?? 1)) {
      const keyword = minContains === undefined ? 'contains' : 'minContains';
      yield { path, keyword, expected: minContains ?? schema.contains, value: items };
    }
    if (maxContains !== undefined && count > maxContains) {
      yield { path, keyword: 'maxContains', expected: maxContains, value: items };
    }
  }

  *#memberFaults(
    schema: JsonSchema,
    value: Readonly<Record<string, unknown>>,
    path: Path,
  ): Generator<Fault> {
    for (const name of (schema.required ?? []) as string[]) {
      if (!Object.hasOwn(value, name)) {
        yield { path: [...path, name], keyword: 'required', expected: true, value: MISSING };
      }
    }
    for (const [trigger, names] of Object.entries((schema.dependentRequired ?? {}) as object)) {
      if (!Object.hasOwn(value, trigger)) continue;
      for (const name of names as string[]) {
        if (Object.hasOwn(value, name)) continue;
        const keyword = 'dependentRequired';
        yield { path: [...path, name], keyword, expected: trigger, value: MISSING };
      }
    }
    for (const [trigger, dependent] of named(schema.dependentSchemas)) {
      if (Object.hasOwn(value, trigger)) yield* this.faults(dependent, value, path);
    }
    const declared = new Map(named(schema.properties));
    const patterns = named(schema.patternProperties);
    const names = schema.propertyNames as Schema | undefined;
    for (const name of Object.keys(value)) {
      const here = [...path, name];
      if (names !== undefined && !this.#fits(names, name)) {
        yield { path: here, keyword: 'propertyNames', expected: names, value: name };
      }
      const judges = patterns
        .filter(([text]) => expressionOf(text).test(name))
        .map(([, one]) => one);
      const own = declared.get(name);
      if (own !== undefined) judges.unshift(own);
      for (const judge of judges) yield* this.faults(judge, value[name], here);
      if (judges.length > 0) continue;
      const extra = schema.additionalProperties as Schema | undefined;
      if (extra === false) {
        yield { path: here, keyword: 'additionalProperties', expected: false, value: value[name] };
      } else if (extra !== undefined) {
        yield* this.faults(extra, value[name], here);
      }
    }
  }

  /** The schema that a JSON Pointer from the root leads to. */
  #target(reference: string): Schema {
    let found: unknown = this.#document;
    for (const token of reference.split('/').slice(1)) {
      const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
      found = (found as Record<string, unknown>)[name];
    }
    return found as Schema;
  }
}

function schemas(list: unknown): readonly Schema[] {
  return (list ?? []) as Schema[];
}

function named(members: unknown): [string, Schema][] {
  return Object.entries((members ?? {}) as Record<string, Schema>);
}

const NUMERIC = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

type Checks = readonly [Keyword, (value: never, expected: never) => boolean][];
const ANY: Checks = [
  ['enum', (value: unknown, values: unknown[]) => values.some((one) => isEqual(one, value))],
  ['const', (value: unknown, expected: unknown) => isEqual(value, expected)],
];
const NUMBER: Checks = [
  ...ANY,
  ['minimum', (value: number, bound: number) => value >= bound],
  ['maximum', (value: number, bound: number) => value <= bound],
  ['exclusiveMinimum', (value: number, bound: number) => value > bound],
  ['exclusiveMaximum', (value: number, bound: number) => value < bound],
  ['multipleOf', isMultiple],
];
const CHECKS: Record<NonNullable<ReturnType<typeof jsonType>>, Checks> = {
  null: ANY,
  boolean: ANY,
  integer: NUMBER,
  number: NUMBER,
  string: [
    ...ANY,
    ['minLength', (text: string, count: number) => codePoints(text) >= count],
    ['maxLength', (text: string, count: number) => codePoints(text) <= count],
    ['pattern', (text: string, pattern: string) => expressionOf(pattern).test(text)],
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

function errorRecord(index: number, { path, keyword, expected, value }: Fault): ErrorRecord {
  const { code, message } = KEYWORDS[keyword];
  const expectation = shown(expected);
  const text = typeof expectation === 'string' ? expectation : canonicalJson(expectation);
  return {
    index,
    path: path.map((token) => `/${escapeToken(String(token))}`).join(''),
    field: path.length === 0 ? '' : String(path[0]),
    code,
    message: message.replace('{expected}', () => text),
    keyword,
    expected: expectation,
    ...(value === MISSING ? {} : { value: shown(value) }),
  };
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
