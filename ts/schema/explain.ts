import { compareTokens, type ErrorRecord } from './error-record.js';
import { errorRecord, type Fault, inOrder, type Path, pointerToken } from './fault.js';
import type { JsonSchema, Members, Schema } from './layout.js';
import { MemberJudges, missingMembers, namedSchemas } from './member-judges.js';
import type { Patterns } from './pattern.js';
import { NUMERIC, VALUE_KEYWORDS } from './value-keywords.js';
import { fitsType, jsonType } from './values.js';

/** A JSON Schema, self-contained, with what matches its patterns. */
export interface Explainable {
  readonly document: JsonSchema;
  readonly patterns: Patterns;
}

/**
 * Says why a value does not fit its schema: every place at fault, with its keyword.
 *
 * Zod decides whether a value fits; it skips checks of what has failed already, so the full list
 * is read off the schema here. It is read in the order of its records, so that a long one need
 * not be read to its end.
 *
 * @param schema What the Zod schema was generated from.
 * @param index The row's position, kept in each record.
 * @param limit How many records to give at most.
 * @returns The records, sorted by path and keyword; none where the value fits.
 */
export function explain(
  schema: Explainable,
  value: unknown,
  index: number,
  limit = Number.POSITIVE_INFINITY,
): ErrorRecord[] {
  const records: ErrorRecord[] = [];
  if (limit <= 0) return records;
  for (const fault of new Explainer(schema).faults([schema.document], value, [])) {
    records.push(errorRecord(index, fault));
    if (records.length >= limit) break;
  }
  return records;
}

/** What the schemas that judge a value say of the value itself. */
interface Said {
  readonly faults: Fault[];
  /** Those whose type the value has, with all that they apply in place. */
  readonly applied: JsonSchema[];
}

class Explainer {
  readonly #document: JsonSchema;
  readonly #patterns: Patterns;
  /** What was found of objects and lists: schemas within themselves ask for it again. */
  readonly #verdicts = new Map<JsonSchema, Map<object, boolean>>();

  readonly #members = new Map<JsonSchema, MemberJudges>();

  constructor({ document, patterns }: Explainable) {
    this.#document = document;
    this.#patterns = patterns;
  }

  /**
   * The faults of a value in the order of their records: those of a place, then those within it,
   * member by member. A failed type hides what else its schema says.
   *
   * @param judges The schemas that judge the value.
   * @param told What is known already of the place.
   */
  *faults(
    judges: readonly Schema[],
    value: unknown,
    path: Path,
    told: readonly Fault[] = [],
  ): Generator<Fault> {
    const said: Said = { faults: [...told], applied: [] };
    for (const judge of judges) this.#judge(judge, value, path, said);
    yield* inOrder(said.faults);
    if (Array.isArray(value)) yield* this.#itemFaults(said.applied, value, path);
    else if (isObject(value)) yield* this.#memberFaults(said.applied, value, path);
  }

  #fits(schema: Schema, value: unknown): boolean {
    if (typeof schema === 'boolean') return schema;
    const find = () => this.faults([schema], value, []).next().done === true;
    if (typeof value !== 'object' || value === null) return find();
    let known = this.#verdicts.get(schema);
    if (known === undefined) {
      known = new Map();
      this.#verdicts.set(schema, known);
    }
    const verdict = known.get(value) ?? find();
    known.set(value, verdict);
    return verdict;
  }

  #judge(schema: Schema, value: unknown, path: Path, said: Said): void {
    if (schema === true) return;
    const fault = (keyword: Fault['keyword'], expected: unknown) =>
      said.faults.push({ path, keyword, expected, value });
    if (schema === false) {
      fault('false', false);
    } else if (schema.type !== undefined && !fitsType(value, schema.type as string | string[])) {
      fault('type', schema.type);
    } else if (isNoNumber(value) && NUMERIC.some((keyword) => keyword in schema)) {
      fault('type', 'number');
    } else {
      said.applied.push(schema);
      for (const [keyword, check] of VALUE_KEYWORDS[jsonType(value) ?? 'null']) {
        const expected = schema[keyword];
        if (expected === undefined) continue;
        if (!check(value as never, expected as never, this.#patterns)) fault(keyword, expected);
      }
      if (Array.isArray(value)) this.#count(schema, value, fault);
      this.#judgeInPlace(schema, value, path, said, fault);
    }
  }

  /** `contains`, with `minContains` and `maxContains`. */
  #count(schema: JsonSchema, items: readonly unknown[], fault: Tell): void {
    if (schema.contains === undefined) return;
    const count = items.filter((item) => this.#fits(schema.contains as Schema, item)).length;
    const { minContains, maxContains } = schema as { minContains?: number; maxContains?: number };
    if (count < (minContains ?? 1)) {
      if (minContains === undefined) fault('contains', schema.contains);
      else fault('minContains', minContains);
    }
    if (maxContains !== undefined && count > maxContains) fault('maxContains', maxContains);
  }

  /** What applies further schemas to the same value. */
  #judgeInPlace(schema: JsonSchema, value: unknown, path: Path, said: Said, fault: Tell): void {
    const apply = (one: Schema) => this.#judge(one, value, path, said);
    if (typeof schema.$ref === 'string') apply(this.#target(schema.$ref));
    for (const one of schemas(schema.allOf)) apply(one);
    const fitting = (list: unknown) => schemas(list).filter((one) => this.#fits(one, value)).length;
    if (schema.anyOf !== undefined && fitting(schema.anyOf) === 0) fault('anyOf', schema.anyOf);
    if (schema.oneOf !== undefined && fitting(schema.oneOf) !== 1) fault('oneOf', schema.oneOf);
    if (schema.not !== undefined && this.#fits(schema.not as Schema, value)) {
      fault('not', schema.not);
    }
    if (schema.if !== undefined && (schema.then ?? schema.else) !== undefined) {
      const then = this.#fits(schema.if as Schema, value) ? schema.then : schema.else;
      if (then !== undefined) apply(then as Schema);
    }
    if (!isObject(value)) return;
    for (const [trigger, dependent] of namedSchemas(schema.dependentSchemas)) {
      if (Object.hasOwn(value, trigger)) apply(dependent);
    }
  }

  *#itemFaults(applied: readonly JsonSchema[], items: readonly unknown[], path: Path) {
    const judging = applied
      .filter(({ items, prefixItems }) => items !== undefined || prefixItems !== undefined)
      .map((schema) => ({ prefix: schemas(schema.prefixItems), rest: schema.items as Schema }));
    if (judging.length === 0) return;
    for (const [position, item] of items.entries()) {
      const judges = judging
        .map(({ prefix, rest }) => (position < prefix.length ? prefix[position] : rest))
        .filter((judge) => judge !== undefined);
      yield* this.faults(judges, item, [...path, position]);
    }
  }

  *#memberFaults(applied: readonly JsonSchema[], value: Members, path: Path): Generator<Fault> {
    const missing = missingMembers(applied, value, path);
    const judging = applied.map((schema) => this.#judgesOf(schema));
    const names = [...Object.keys(value), ...missing.keys()].map((name) => ({
      name,
      token: pointerToken(name),
    }));
    for (const { name } of names.sort((a, b) => compareTokens(a.token, b.token))) {
      const here = [...path, name];
      if (!Object.hasOwn(value, name)) {
        yield* inOrder(missing.get(name) ?? []);
        continue;
      }
      const member = value[name];
      const told: Fault[] = [];
      const judges: Schema[] = [];
      for (const one of judging) {
        if (one.names !== undefined && !this.#fits(one.names, name)) {
          const keyword = 'propertyNames';
          told.push({ path: here, keyword, expected: one.names, value: name });
        }
        const own = one.of(name);
        judges.push(...own);
        if (own.length > 0 || one.others === undefined) continue;
        if (one.others !== false) judges.push(one.others);
        else {
          const keyword = 'additionalProperties';
          told.push({ path: here, keyword, expected: false, value: member });
        }
      }
      yield* this.faults(judges, member, here, told);
    }
  }

  #judgesOf(schema: JsonSchema): MemberJudges {
    let known = this.#members.get(schema);
    if (known === undefined) {
      known = new MemberJudges(schema, this.#patterns);
      this.#members.set(schema, known);
    }
    return known;
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

/** Notes a fault of the value that is judged. */
type Tell = (keyword: Fault['keyword'], expected: unknown) => void;

function isObject(value: unknown): value is Members {
  return jsonType(value) === 'object';
}

/** NaN and the infinities are no JSON. */
function isNoNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

function schemas(list: unknown): readonly Schema[] {
  return (list ?? []) as Schema[];
}
