import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkSchemas, compileSchemas, SchemaCompileError } from '../../../ts/bridge/compile.js';
import { SchemaRegistry } from '../../../ts/schema/registry.js';
import { validateRows } from '../../../ts/schema/validate.js';
import { openPool, poolOptions } from '../../faults/support/pool.js';

async function folderOf(schema: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-schemas-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'pet.schema.json'), JSON.stringify(schema));
  return folder;
}

describe("a folder of the user's schemas", () => {
  it('compiles to validators that Node and a worker both have', async () => {
    const schemaDir = await folderOf({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Pet',
      type: 'object',
      required: ['legs'],
      properties: { legs: { type: 'integer', minimum: 0 } },
      additionalProperties: false,
    });
    const options = { ...(await poolOptions()), schemaDir };
    const manifest = await compileSchemas(options);
    const registry = await SchemaRegistry.load(manifest);
    const pet = registry.get('pet');
    if (pet === undefined) throw new Error('there is no schema pet');
    const { errors } = validateRows(pet, [{ legs: 4 }, { legs: -1 }], { maxErrors: 10 });
    expect(errors).toMatchObject([{ index: 1, path: '/legs', keyword: 'minimum' }]);
    const { pool } = await openPool({ ...options, schemaDigest: manifest.digest });
    await expect(pool.ready()).resolves.toBeUndefined();
  });

  it('is refused with the place and the reason of each problem', async () => {
    const schemaDir = await folderOf({ type: 'object', properties: { a: { colour: 'red' } } });
    const refused = compileSchemas({ ...(await poolOptions()), schemaDir });
    await expect(refused).rejects.toThrow(SchemaCompileError);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining(`the schemas in ${schemaDir} cannot be used`),
      problems: [expect.stringContaining('pet.schema.json#/properties/a/colour')],
    });
  });
});

describe('schema files and folders', () => {
  it('are checked together, each with its problems', async () => {
    const schemaDir = await folderOf({ type: 'object', properties: { a: { colour: 'red' } } });
    const absent = join(schemaDir, 'absent.json');
    const paths = [schemaDir, absent];
    const checked = await checkSchemas({ ...(await poolOptions()), paths });
    expect(checked).toMatchObject([
      {
        file: join(schemaDir, 'pet.schema.json'),
        valid: false,
        problems: [{ pointer: '/properties/a/colour' }],
      },
      { file: absent, valid: false, problems: [{ pointer: '' }] },
    ]);
  });

  it('are named by a path that looks like an option', async () => {
    const checked = await checkSchemas({ ...(await poolOptions()), paths: ['--json'] });
    expect(checked).toMatchObject([{ file: '--json', valid: false }]);
  });
});

describe('the compiler', () => {
  it('that does not run says why', async () => {
    const options = { ...(await poolOptions()), python: '/no/such/python' };
    await expect(compileSchemas(options)).rejects.toMatchObject({
      problems: ['spawn /no/such/python ENOENT'],
    });
  });

  it('stops when its caller gives up', async () => {
    const options = { ...(await poolOptions()), signal: AbortSignal.abort() };
    await expect(compileSchemas(options)).rejects.toThrow('aborted');
  });
});
