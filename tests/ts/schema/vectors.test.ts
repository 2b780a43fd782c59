import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordSchema, SchemaRegistry } from '../../../ts/schema/registry.js';
import { compiledZod, validateRows } from '../../../ts/schema/validate.js';
import { compile, loadVectors } from './support.js';

const vectors = loadVectors();
let registry: SchemaRegistry;

beforeAll(async () => {
  registry = await compile(Object.fromEntries(vectors.map(({ name, schema }) => [name, schema])));
});

function schemaOf(name: string): RecordSchema {
  const schema = registry.get(name);
  if (schema === undefined) throw new Error(`${name} was not compiled`);
  return schema;
}

describe.each(vectors)('vector $name', ({ name, rows }) => {
  it('gives the records of the vector, byte for byte', () => {
    const given = validateRows(
      schemaOf(name),
      rows.map(({ row }) => row),
      { maxErrors: 10_000 },
    );
    const expected = rows.flatMap(({ errors }, index) =>
      errors.map((error) => JSON.stringify({ index, ...error })),
    );
    expect(given.errors.map((record) => JSON.stringify(record))).toEqual(expected);
    expect([...given.valid]).toEqual(rows.map(({ errors }) => (errors.length === 0 ? 1 : 0)));
  });

  it('gives the same verdicts from the plain and the compiled schema', () => {
    const { zod } = schemaOf(name);
    const compiled = compiledZod(zod);
    const expected = rows.map(({ errors }) => errors.length === 0);
    expect(rows.map(({ row }) => zod.safeParse(row).success)).toEqual(expected);
    expect(rows.map(({ row }) => compiled.safeParse(row).success)).toEqual(expected);
  });
});
