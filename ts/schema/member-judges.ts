import { type Fault, MISSING, type Path } from './fault.js';
import type { JsonSchema, Members, Schema } from './layout.js';
import { matcherOf, type Patterns } from './pattern.js';

/** Which schemas of an object's schema judge a member. */
export class MemberJudges {
  readonly names: Schema | undefined;
  /** What judges the members that nothing else does. */
  readonly others: Schema | undefined;
  readonly #declared: ReadonlyMap<string, Schema>;
  readonly #patterns: readonly (readonly [(name: string) => boolean, Schema])[];

  constructor(schema: JsonSchema, patterns: Patterns) {
    this.names = schema.propertyNames as Schema | undefined;
    this.others = schema.additionalProperties as Schema | undefined;
    this.#declared = new Map(namedSchemas(schema.properties));
    this.#patterns = namedSchemas(schema.patternProperties).map(([pattern, one]) => {
      const matcher = matcherOf(patterns, pattern);
      return [(name) => matcher.test(name), one];
    });
  }

  of(name: string): Schema[] {
    const own = this.#declared.get(name);
    const judges = this.#patterns.filter(([matches]) => matches(name)).map(([, one]) => one);
    return own === undefined ? judges : [own, ...judges];
  }
}

/** The faults of members that must be there and are not, by their names. */
export function missingMembers(
  applied: readonly JsonSchema[],
  value: Members,
  path: Path,
): Map<string, Fault[]> {
  const missing = new Map<string, Fault[]>();
  const miss = (name: string, keyword: Fault['keyword'], expected: unknown) => {
    if (Object.hasOwn(value, name)) return;
    const fault = { path: [...path, name], keyword, expected, value: MISSING };
    missing.set(name, [...(missing.get(name) ?? []), fault]);
  };
  for (const { required, dependentRequired } of applied) {
    for (const name of (required ?? []) as string[]) miss(name, 'required', true);
    for (const [trigger, names] of Object.entries((dependentRequired ?? {}) as object)) {
      if (!Object.hasOwn(value, trigger)) continue;
      for (const name of names as string[]) miss(name, 'dependentRequired', trigger);
    }
  }
  return missing;
}

/** The schemas that a keyword has by names. */
export function namedSchemas(members: unknown): [string, Schema][] {
  return Object.entries((members ?? {}) as Record<string, Schema>);
}
