import { LinearExpression } from './linear-expression.js';

/** A compiled regular expression, as far as validation needs it. */
export interface Matcher {
  readonly test: (text: string) => boolean;
}

const expressions = new Map<string, Matcher>();

/**
 * Makes known that a pattern is matched by an automaton, in linear time: one on which
 * JavaScript's engine could take very long, or that names a Unicode property, of which engines
 * know different versions.
 *
 * @param portable the pattern as the compiler wrote it out.
 */
export function expression(pattern: string, portable: string): Matcher {
  const made = new LinearExpression(portable);
  expressions.set(pattern, made);
  return made;
}

/** The matcher of a pattern: ECMA-262 with the flag `u`, found anywhere in a text. */
export function expressionOf(pattern: string): Matcher {
  let found = expressions.get(pattern);
  if (found === undefined) {
    const own = new RegExp(pattern, 'u');
    found = { test: (text) => own.test(text) };
    expressions.set(pattern, found);
  }
  return found;
}
