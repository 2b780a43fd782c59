import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { encodeRows } from '../../../ts/arrow/encode.js';
import { openPool } from '../../faults/support/pool.js';
import { compile, loadVectors } from '../schema/support.js';

const vectors = loadVectors();

it('gives the records of every vector from the columns that Node writes', async () => {
  const schemaDir = await mkdtemp(join(tmpdir(), 'etl-vectors-'));
  onTestFinished(() => rm(schemaDir, { recursive: true }));
  for (const { name, schema } of vectors) {
    await writeFile(join(schemaDir, `${name}.schema.json`), JSON.stringify(schema));
  }
  const registry = await compile(
    Object.fromEntries(vectors.map(({ name, schema }) => [name, schema])),
  );
  const { pool } = await openPool({ schemaDir, schemaDigest: registry.digest });
  for (const { name, rows } of vectors) {
    const layout = registry.get(name)?.layout;
    if (layout === undefined) throw new Error(`${name} was not compiled`);
    const { value, body } = await pool.call<{ invalid_indices: number[] }>(
      'validate_rows',
      { schema: name, first_index: 0, max_errors: 10_000 },
      {
        body: encodeRows(
          layout,
          rows.map(({ row }) => row),
        ),
      },
    );
    expect(JSON.parse(Buffer.from(body ?? '[]').toString()), name).toEqual(
      rows.flatMap(({ errors }, index) => errors.map((error) => ({ index, ...error }))),
    );
    const invalid = rows.flatMap(({ errors }, index) => (errors.length > 0 ? [index] : []));
    expect(value.invalid_indices, name).toEqual(invalid);
  }
}, 60_000);
