import { expect, it } from 'vitest';
import { explain } from '../../../ts/schema/explain.js';
import { validateRows } from '../../../ts/schema/validate.js';
import { compile } from './support.js';

const SLOW = '^(a+)+$';
/** On which JavaScript's own engine would take longer than anybody waits. */
const TEXT = `${'a'.repeat(60)}!`;

// What only an `if` without consequences names, a reader of the schema alone could still run into.
const places = {
  value: { type: 'string', pattern: SLOW },
  condition: { type: 'string', if: { pattern: SLOW } },
  consequence: { type: 'string', if: { pattern: SLOW }, else: { maxLength: 2 } },
  negation: { type: 'string', not: { not: { pattern: SLOW } } },
  names: { type: 'object', propertyNames: { pattern: SLOW } },
  members: { type: 'object', patternProperties: { [SLOW]: true }, additionalProperties: false },
  items: { type: 'array', contains: { pattern: SLOW }, minContains: 1 },
};
const values: Record<string, unknown> = {
  names: { [TEXT]: 1 },
  members: { [TEXT]: 1 },
  items: [TEXT],
};
const registry = await compile(
  Object.fromEntries(
    Object.entries(places).map(([name, place]) => [
      name,
      { type: 'object', properties: { place, other: { type: 'integer' } } },
    ]),
  ),
);

it.each(Object.keys(places))('a pattern holds up nobody, wherever it stands: %s', (name) => {
  const schema = registry.get(name);
  if (schema === undefined) throw new Error(`${name} was not compiled`);
  const rows = [{ place: values[name] ?? TEXT, other: 'x' }];
  const { invalid, errors } = validateRows(schema, rows, { maxErrors: 10 });
  expect(invalid).toBe(1);
  expect(errors).toHaveLength(name === 'condition' ? 1 : 2);
});

it('a pattern that the compiler did not prove is given to no engine', () => {
  const document = { type: 'string', pattern: SLOW };
  const patterns = new Map();
  expect(() => explain({ document, patterns }, TEXT, 0)).toThrow('was not compiled');
});
