import type { z } from 'zod';
import { KEYWORDS, type Keyword } from '../generated/validation.js';
import { canonicalJson, shown } from './canonical.js';
import { hasUniqueItems } from './checks.js';
import { compareErrors, type ErrorRecord } from './error-record.js';
import type { JsonSchema } from './layout.js';

type Path = readonly PropertyKey[];
type Found = { path: Path; keyword: Keyword };
const MISSING = Symbol('missing');

/**
 * Translates Zod's issues about one value into error records.
 *
 * @param issues What `safeParse` reported about `input`.
 * @param input The value that was judged.
 * @param index The row's position, kept in each record.
 * @param document The JSON Schema that the Zod schema was generated from.
 * @returns The records, sorted by path and keyword.
 */
export function issuesToRecords(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  index: number,
  document: JsonSchema,
): ErrorRecord[] {
  const records = new Map<string, ErrorRecord>();
  for (const issue of issues) {
    for (const { path, keyword } of found(issue, input, document)) {
      const record = errorRecord(index, path, keyword, input, document);
      records.set(`${record.path} ${keyword}`, record);
    }
  }
  return [...records.values()].sort(compareErrors);
}

function* found(issue: z.core.$ZodIssue, input: unknown, document: JsonSchema): Generator<Found> {
  yield* skippedAbove(issue.path, input, document);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      yield { path: [...issue.path, key], keyword: 'additionalProperties' };
    }
    return;
  }
  const value = valueAt(input, issue.path);
  const schema = schemaAt(document, issue.path);
  if (issue.code === 'invalid_union' && value !== MISSING && fitsType(value, schema.type)) {
    for (const inner of issuesOfFittingType(issue.errors)) {
      yield* found({ ...inner, path: [...issue.path, ...inner.path] }, input, document);
    }
    return;
  }
  yield { path: issue.path, keyword: keywordOf(issue, value, schema) };
}

const SKIPPED: [Keyword, (items: readonly unknown[], expected: unknown) => boolean][] = [
  ['maxItems', (items, most) => items.length <= Number(most)],
  ['uniqueItems', (items, wanted) => wanted !== true || hasUniqueItems(items)],
];

/** Zod skips our checks of an array when its items failed; JSON Schema does not. */
function* skippedAbove(path: Path, input: unknown, document: JsonSchema): Generator<Found> {
  for (let depth = 0; depth < path.length; depth += 1) {
    const above = path.slice(0, depth);
    const value = valueAt(input, above);
    if (!Array.isArray(value)) continue;
    const schema = schemaAt(document, above);
    for (const [keyword, holds] of SKIPPED) {
      if (keyword in schema && !holds(value, schema[keyword])) yield { path: above, keyword };
    }
  }
}

/** Of a union of types, the issues of the one that the value has. */
function issuesOfFittingType(errors: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] {
  const isOtherType = ({ code, path }: z.core.$ZodIssue) =>
    code === 'invalid_type' && path.length === 0;
  return errors.find((issues) => !issues.some(isOtherType)) ?? [];
}

function keywordOf(issue: z.core.$ZodIssue, value: unknown, schema: JsonSchema): Keyword {
  if (value === MISSING) return 'required';
  if (!fitsType(value, schema.type)) return 'type';
  switch (issue.code) {
    case 'too_small':
      return sizeKeyword(issue.origin, 'min', issue.inclusive);
    case 'too_big':
      return sizeKeyword(issue.origin, 'max', issue.inclusive);
    case 'not_multiple_of':
      return 'multipleOf';
    case 'invalid_format':
      return 'pattern';
    case 'invalid_value':
      return 'const' in schema ? 'const' : 'enum';
    case 'custom': {
      const keyword = issue.params?.keyword as Keyword;
      return keyword === 'enum' && 'const' in schema ? 'const' : keyword;
    }
    default:
      return 'type';
  }
}

function sizeKeyword(origin: string, end: 'min' | 'max', inclusive: boolean | undefined): Keyword {
  if (origin === 'string') return `${end}Length`;
  if (origin === 'array') return `${end}Items`;
  const bound = end === 'min' ? 'inimum' : 'aximum';
  return (inclusive === false ? `exclusiveM${bound}` : `m${bound}`) as Keyword;
}

function errorRecord(
  index: number,
  path: Path,
  keyword: Keyword,
  input: unknown,
  document: JsonSchema,
): ErrorRecord {
  const { code, message } = KEYWORDS[keyword];
  const expected = shown(expectation(keyword, path, document));
  const value = valueAt(input, path);
  const text = typeof expected === 'string' ? expected : canonicalJson(expected);
  return {
    index,
    path: path.map((token) => `/${escapeToken(String(token))}`).join(''),
    field: path.length === 0 ? '' : String(path[0]),
    code,
    message: message.replace('{expected}', () => text),
    keyword,
    expected,
    ...(value === MISSING ? {} : { value: shown(value) }),
  };
}

function expectation(keyword: Keyword, path: Path, document: JsonSchema): unknown {
  if (keyword === 'required') return true;
  if (keyword === 'additionalProperties') return false;
  return schemaAt(document, path)[keyword];
}

/** The schema that judges the value at a path; `anyOf` is never entered, its error is one. */
function schemaAt(document: JsonSchema, path: Path): JsonSchema {
  let schema = document;
  for (const token of path) {
    const properties = schema.properties as Record<string, JsonSchema> | undefined;
    if (typeof token === 'number') {
      schema = (schema.items ?? {}) as JsonSchema;
    } else if (properties !== undefined && Object.hasOwn(properties, token)) {
      schema = properties[String(token)] ?? {};
    } else {
      const extra = schema.additionalProperties;
      schema = typeof extra === 'object' && extra !== null ? (extra as JsonSchema) : {};
    }
  }
  return schema;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const token of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return MISSING;
    value = (value as Record<PropertyKey, unknown>)[token];
  }
  return value === undefined ? MISSING : value;
}

/** Whether a value is of a schema's `type`; integers end at ±(2^53-1). */
function fitsType(value: unknown, type: unknown): boolean {
  if (type === undefined) return true;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.some((name) => {
    switch (name) {
      case 'null':
        return value === null;
      case 'integer':
        return Number.isSafeInteger(value);
      case 'number':
        return Number.isFinite(value);
      case 'array':
        return Array.isArray(value);
      case 'object':
        return typeof value === 'object' && value !== null && !Array.isArray(value);
      default:
        return typeof value === name;
    }
  });
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
