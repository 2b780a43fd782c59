import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RecordSchema, SchemaRegistry } from '../../../ts/schema/registry.js';
import { compareErrors, compiledZod, explain, validateRows } from '../../../ts/schema/validate.js';
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

  it('gives the first records of a row where fewer are asked for', () => {
    const schema = schemaOf(name);
    for (const { row } of rows) {
      const all = explain(schema, row, 0);
      expect([...all].sort(compareErrors)).toEqual(all);
      for (const limit of [0, 1, 2]) {
        expect(explain(schema, row, 0, limit)).toEqual(all.slice(0, limit));
      }
    }
  });

  it('gives the same verdicts from the plain and the compiled schema', () => {
    const { zod } = schemaOf(name);
    const compiled = compiledZod(zod);
    const expected = rows.map(({ errors }) => errors.length === 0);
    expect(rows.map(({ row }) => zod.safeParse(row).success)).toEqual(expected);
    expect(rows.map(({ row }) => z.validate(compiled, row))).toEqual(expected);
  });
});
