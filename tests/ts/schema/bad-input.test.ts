import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { encodeRows } from '../../../ts/arrow/encode.js';
import { parseJson } from '../../../ts/pipeline/parse-json.js';
import { compiledZod, validateRows } from '../../../ts/schema/validate.js';
import { openPool } from '../../faults/support/pool.js';
import { compile } from './support.js';

const schema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    ratio: { type: 'number', maximum: 10 },
    text: { type: 'string', pattern: '^(a+)+$' },
    words: { type: 'string', pattern: 'a[^b]{100}b' },
    short: { type: 'string', maxLength: 9 },
    list: { type: 'array', items: { enum: Array.from({ length: 800 }, (_, at) => `value ${at}`) } },
    any: { $ref: '#/$defs/json' },
    tree: { $ref: '#/$defs/tree' },
  },
  additionalProperties: false,
  $defs: {
    json: {
      anyOf: [
        { type: ['null', 'boolean', 'number', 'string'] },
        { type: 'array', items: { $ref: '#/$defs/json' } },
        { type: 'object', additionalProperties: { $ref: '#/$defs/json' } },
      ],
    },
    tree: {
      type: 'object',
      properties: { v: { type: 'integer' }, next: { $ref: '#/$defs/tree' } },
      required: ['v'],
    },
  },
};

const MEGABYTE = 1_000_000;
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const tree = (depth: number, leaf: string) =>
  `${'{"v":1,"next":'.repeat(depth)}{"v":${leaf}}${'}'.repeat(depth)}`;
const items = (count: number, item: string) => Array(count).fill(item).join();

/** How many errors a row has; or why its text is no JSON. */
const BAD_INPUT: [what: string, text: string, verdict: number | RegExp][] = [
  ['a value within itself, deep and good', `{"tree":${tree(60, '1')}}`, 0],
  ['a value within itself, bad at its end', `{"tree":${tree(60, '"x"')}}`, 1],
  ['arrays 63 deep in a row', `{"any":${nested(63)}}`, 0],
  ['arrays deeper than 64', `{"any":${nested(64)}}`, /nested/],
  ['1 MB of text', `{"short":"${'x'.repeat(MEGABYTE)}"}`, 1],
  ['1 MB of text of two readings', `{"text":"${'a'.repeat(MEGABYTE)}"}`, 0],
  ['1 MB of text of two readings, bad', `{"text":"${'a'.repeat(MEGABYTE)}!"}`, 1],
  ['1 MB of text with many ways', `{"words":"${'ac'.repeat(MEGABYTE / 2)}"}`, 1],
  ['10,000 errors', `{"list":[${items(10_000, '"x"')}]}`, 10_000],
  ['more errors than are asked for', `{"list":[${items(150_000, '7')}]}`, 10_000],
  ['half of a surrogate pair', '{"short":"\\ud800"}', /surrogate/],
  ['a whole surrogate pair', '{"short":"\\ud83d\\ude00"}', 0],
  ['a key twice', '{"id":1,"id":2}', /twice/],
  ['__proto__', '{"__proto__":{"id":1}}', 1],
  ['constructor', '{"constructor":1}', 1],
  ['NaN', '{"ratio":NaN}', /JSON/],
  ['1e400', '{"ratio":1e400}', /double/],
  ['a number that is nearly too large', '{"ratio":1e308}', 1],
  ['2^53', '{"id":9007199254740992}', 1],
  ['2^53+1', '{"id":9007199254740993}', 1],
  ['2^53-1', '{"id":9007199254740991}', 0],
  ['1.0 as an integer', '{"id":1.0}', 0],
  ['-0', '{"id":-0}', 0],
];

const registry = await compile({ subject: schema });
const subject = registry.get('subject');
if (subject === undefined) throw new Error('subject was not compiled');

function parsed(text: string): unknown {
  try {
    return parseJson(Buffer.from(text));
  } catch (error) {
    return error;
  }
}

it.each(BAD_INPUT)('%s gets one verdict from the plain and the compiled schema', (...given) => {
  const [, text, verdict] = given;
  const row = parsed(text);
  if (typeof verdict !== 'number') {
    expect(String(row)).toMatch(verdict);
    return;
  }
  const begun = performance.now();
  const { valid, errors, truncated } = validateRows(subject, [row], { maxErrors: 10_000 });
  expect([...valid]).toEqual([verdict === 0 ? 1 : 0]);
  expect(errors).toHaveLength(verdict);
  expect(truncated).toBe(given[0] === 'more errors than are asked for');
  for (const zod of [subject.zod, compiledZod(subject.zod)]) {
    expect(zod.safeParse(row).success).toBe(verdict === 0);
  }
  expect(performance.now() - begun).toBeLessThan(10_000);
});

it('all of it gets the same verdicts and records from columns in Python', async () => {
  const schemaDir = await mkdtemp(join(tmpdir(), 'etl-schemas-'));
  onTestFinished(() => rm(schemaDir, { recursive: true }));
  await writeFile(join(schemaDir, 'subject.schema.json'), JSON.stringify(schema));
  const { pool } = await openPool({ schemaDir, schemaDigest: registry.digest });
  for (const [what, text, verdict] of BAD_INPUT) {
    if (typeof verdict !== 'number') continue;
    const rows = [parsed(text)];
    const { value, body } = await pool.call<{ invalid: number; truncated: boolean }>(
      'validate_rows',
      { schema: 'subject', first_index: 0, max_errors: 10_000 },
      { body: encodeRows(subject.layout, rows) },
    );
    const { invalid, truncated, errors } = validateRows(subject, rows, { maxErrors: 10_000 });
    expect(value, what).toMatchObject({ invalid, truncated });
    expect(JSON.parse(Buffer.from(body ?? '[]').toString()), what).toEqual(errors);
  }
}, 60_000);
