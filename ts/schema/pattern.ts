import { LinearExpression } from './linear-expression.js';

/** A compiled regular expression, as far as validation needs it. */
export interface Matcher {
  readonly test: (text: string) => boolean;
}

/**
 * The patterns of a schema, each with what matches it in linear time. The schema compiler says
 * which: JavaScript's engine only where it proved that no text takes it long.
 */
export type Patterns = ReadonlyMap<string, Matcher>;

const automata = new Map<string, Matcher>();

/**
 * A pattern that is matched by an automaton: one on which JavaScript's engine could take very
 * long, or that names a Unicode property, of which engines know different versions.
 *
 * @param portable the pattern as the compiler wrote it out.
 */
export function expression(portable: string): Matcher {
  let known = automata.get(portable);
  if (known === undefined) {
    known = new LinearExpression(portable);
    automata.set(portable, known);
  }
  return known;
}

/**
 * The matcher of a pattern: ECMA-262 with the flag `u`, found anywhere in a text.
 *
 * @throws TypeError where the compiler gave none: no text is given to an engine unproved.
 */
export function matcherOf(patterns: Patterns, pattern: string): Matcher {
  const matcher = patterns.get(pattern);
  if (matcher === undefined) throw new TypeError(`the pattern ${pattern} was not compiled`);
  return matcher;
}
