import { expect, it } from 'vitest';
import { BUILT_IN } from '../../../ts/generated/records/index.js';
import { SchemaRegistry } from '../../../ts/schema/registry.js';
import { validateRows } from '../../../ts/schema/validate.js';
import { compile } from './support.js';

const sensor = {
  type: 'object',
  required: ['sensor'],
  properties: { sensor: { type: 'string' }, reading: { type: 'number', multipleOf: 0.1 } },
  additionalProperties: false,
};

it('takes built-in schemas as they are and loads the others from the cache', async () => {
  const registry = await compile({ sensor, user: BUILT_IN.user.document });
  expect(registry.names()).toEqual(['sensor', 'user']);
  expect(registry.get('user')?.zod).toBe(BUILT_IN.user.zod);
  const loaded = registry.get('sensor');
  if (loaded === undefined) throw new Error('sensor was not loaded');
  const { errors } = validateRows(loaded, [{ sensor: 's', reading: 0.3 }, { reading: 0.35 }], {
    maxErrors: 10,
  });
  expect(errors.map(({ index, path, keyword }) => [index, path, keyword])).toEqual([
    [1, '/reading', 'multipleOf'],
    [1, '/sensor', 'required'],
  ]);
  expect(loaded.layout).toEqual({
    columns: [
      { name: 'sensor', kind: 'string', required: true, nullable: false },
      { name: 'reading', kind: 'number', required: false, nullable: false },
    ],
    closed: true,
    presence: false,
  });
});

it('lists each schema in a few words', async () => {
  const registry = await compile({ sensor, user: BUILT_IN.user.document });
  expect(registry.summaries()).toEqual([
    {
      name: 'sensor',
      version: registry.get('sensor')?.digest,
      title: null,
      description: null,
      built_in: false,
      primary_key: [],
      closed: true,
    },
    {
      name: 'user',
      version: BUILT_IN.user.digest,
      title: 'User',
      description: 'A user account as a partner delivers it.',
      built_in: true,
      primary_key: ['id'],
      closed: true,
    },
  ]);
});

it('suggests the name that was meant, and none where nothing is near', async () => {
  const registry = await compile({ sensor });
  expect(registry.suggest('sensr')).toBe('sensor');
  expect(registry.suggest('Sensors')).toBe('sensor');
  expect(registry.suggest('invoice')).toBeUndefined();
  expect(registry.get('constructor')).toBeUndefined();
});

it('refuses a manifest whose built-in schemas are not its own', async () => {
  const { document, layout } = BUILT_IN.user;
  const told = { name: 'user', version: 'other', title: null, description: null, closed: true };
  const modules = { source: '', zod_module: null, python_module: null };
  const entry = { ...told, ...modules, built_in: true, primary_key: [], document, layout };
  const manifest = { schemas: [entry], digest: '' };
  await expect(SchemaRegistry.load(manifest)).rejects.toThrow('npm run generate');
});

it('keeps hostile texts texts in the generated source', async () => {
  const hostile = `\0 */ """ ''' \\ \${x} \`\u2028\u{e0001}\n// \ud7ff`;
  const member: unknown = JSON.parse(`{"__proto__": ${JSON.stringify(hostile)}}`);
  const registry = await compile({
    hostile: {
      type: 'object',
      description: hostile,
      properties: {
        [hostile]: { description: hostile, enum: [hostile, `${hostile}'`] },
        slash: { type: 'string', pattern: '^a/[/]\\/\n$' },
        long: {
          type: 'string',
          minLength: 2,
          maxLength: 1000,
          pattern: "^[/'(.]\\(\\\\['\"`)]{1,9}(?:a very long way of saying nothing much at all)?$",
        },
        const: { const: member },
      },
    },
  });
  const schema = registry.get('hostile');
  if (schema === undefined) throw new Error('hostile was not loaded');
  const rows = [
    { [hostile]: hostile, slash: 'a///\n', long: "/(\\'", const: member },
    { [hostile]: 'x', slash: 'a', long: "/(\\'x", const: {} },
  ];
  const { errors } = validateRows(schema, rows, { maxErrors: 10 });
  expect(errors.map(({ index, keyword }) => [index, keyword])).toEqual([
    [1, 'enum'],
    [1, 'const'],
    [1, 'pattern'],
    [1, 'pattern'],
  ]);
});
