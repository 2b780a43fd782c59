import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonVerdicts } from '../../ts/bridge/conformance.js';
import type { explain as Explain } from '../../ts/schema/explain.js';
import { MAIN, ROOT } from './support/server.js';

interface Line {
  file: string;
  expected: boolean | null;
  zod: boolean | null;
  zod_compiled: boolean | null;
  pydantic: boolean | null;
  columnar: boolean | null;
  columnar_path: string | null;
  unsupported: string | null;
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etl-conformance-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function conformance(
  files: string[],
): Promise<{ code: number | null; lines: Line[]; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, 'conformance', ...files], { cwd: folder });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.once('close', (code) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      resolve({ code, lines: lines.map((line) => JSON.parse(line)), stderr });
    });
  });
}

function write(name: string, groups: unknown): string {
  writeFileSync(join(folder, name), typeof groups === 'string' ? groups : JSON.stringify(groups));
  return name;
}

describe('etl conformance', () => {
  it('prints one line a test, with each verdict, and ends by 0 when all are as expected', async () => {
    const file = write('right.json', [
      {
        description: 'integers',
        schema: { type: 'integer' },
        tests: [
          { description: 'one', data: 1, valid: true },
          { description: 'text', data: '1', valid: false },
          { description: 'open', data: 2, valid: null },
        ],
      },
    ]);
    const { code, lines } = await conformance([file]);
    expect(code).toBe(0);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toEqual({
      ...{ file, schema: 'integers', test: 'one', expected: true },
      ...{ zod: true, zod_compiled: true, pydantic: true, columnar: true },
      ...{ columnar_path: 'vector', unsupported: null },
    });
    expect(lines[1]).toMatchObject({ zod: false, pydantic: false, columnar: false });
    expect(lines[2]).toMatchObject({ expected: null, zod: true });
  });

  it('ends by 1 where a verdict is another, or the profile refuses a schema', async () => {
    const wrong = write('wrong.json', [{ schema: {}, tests: [{ data: 1, valid: false }] }]);
    expect((await conformance([wrong])).code).toBe(1);
    const schema = { properties: { 'a/b': { $dynamicRef: '#x' } } };
    const refused = write('refused.json', [{ schema, tests: [{ data: 1, valid: true }] }]);
    const { code, lines } = await conformance([refused]);
    expect(code).toBe(1);
    expect(lines[0]).toMatchObject({
      ...{ zod: null, zod_compiled: null, pydantic: null, columnar: null, columnar_path: null },
      unsupported: '/properties/a~1b/$dynamicRef',
    });
  });

  it('ends by 2 on what is no test file', async () => {
    for (const file of ['absent.json', write('text.json', '{'), write('shape.json', [{}])]) {
      const { code, lines, stderr } = await conformance([file]);
      expect({ code, lines }).toEqual({ code: 2, lines: [] });
      expect(stderr).toContain(file);
    }
  });

  it('gives bad input one verdict in every layer', async () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    const texts: [object | boolean, string, boolean][] = [
      [{}, '{"a": 1, "a": 2}', false],
      [{}, '{"a": 1, "\\u0061": 2}', false],
      [{}, 'NaN', false],
      [{}, '1e400', false],
      [{}, `1${'0'.repeat(400)}`, false],
      [{}, '"\\ud800"', false],
      [{}, '{"\\udc00": 1}', false],
      [{}, '{"__proto__": {"x": 1}}', true],
      [{}, '', false],
      [{ type: 'integer' }, '9007199254740991', true],
      [{ type: 'integer' }, '9007199254740992', false],
      [{ type: 'integer' }, '9007199254740993', false],
      [{ const: 9007199254740992 }, '9007199254740992', true],
      [{ const: 9007199254740992 }, '9007199254740991', false],
      [{ type: 'integer' }, '1.0', true],
      [{ uniqueItems: true }, '[0, -0.0]', false],
      [{ type: ['array'], items: { $ref: '#' } }, nested(64), true],
      [{ type: ['array'], items: { $ref: '#' } }, nested(65), false],
      [{ type: ['array'], items: { $ref: '#' } }, nested(100_000), false],
      [{ type: 'string', maxLength: 1_000_000 }, JSON.stringify('😀'.repeat(1_000_000)), true],
      [{ type: 'string', pattern: '^(a+)+$' }, JSON.stringify(`${'a'.repeat(1_000_000)}!`), false],
      [{ items: { type: 'string' } }, JSON.stringify(Array(10_000).fill(1)), false],
    ];
    const groups = texts.map(([schema, json, valid]) => ({ schema, tests: [{ json, valid }] }));
    const { code, lines } = await conformance([write('bad.json', groups)]);
    for (const [at, line] of lines.entries()) {
      const { zod, zod_compiled, pydantic, columnar } = line;
      const given = { zod, zod_compiled, pydantic, columnar };
      const valid = texts[at]?.[2];
      const wanted = { zod: valid, zod_compiled: valid, pydantic: valid, columnar: valid };
      expect(given, texts[at]?.[1].slice(0, 80)).toEqual(wanted);
    }
    expect(code).toBe(0);
  });
});

const SUITE = join(
  process.env.JSON_SCHEMA_TEST_SUITE ?? join(ROOT, '..', 'shared', 'json-schema-test-suite'),
  'tests/draft2020-12',
);
const GROUPS = JSON.parse(
  readFileSync(join(ROOT, 'scripts/conformance/groups.json'), 'utf8'),
) as Record<'common' | 'other' | 'formats', string>;
const hasSuite = existsSync(SUITE);
const why = hasSuite ? '' : ' (skipped: the test suite does not lie beside this project)';

describe.skipIf(!hasSuite)(`the JSON-Schema-Test-Suite${why}`, () => {
  const files = (group: keyof typeof GROUPS) =>
    GROUPS[group].split(' ').map((name) => join(SUITE, `${name}.json`));
  const isRight = (line: Line) =>
    [line.zod, line.zod_compiled, line.pydantic, line.columnar].every(
      (verdict) => verdict === line.expected,
    );

  it('has the common keywords right in every layer, 4 of 5 by vectors', async () => {
    const { code, lines } = await conformance(files('common'));
    expect(lines).toHaveLength(512);
    expect(lines.filter((line) => !isRight(line))).toEqual([]);
    const vectors = lines.filter((line) => line.columnar_path === 'vector').length;
    expect(vectors / lines.length).toBeGreaterThanOrEqual(0.8);
    expect(code).toBe(0);
  });

  it('has the other keywords right, refusing 1 of 20 at most', async () => {
    const { lines } = await conformance(files('other'));
    const refused = lines.filter((line) => line.unsupported !== null);
    expect(refused.length / lines.length).toBeLessThanOrEqual(0.05);
    const judged = lines.filter((line) => line.unsupported === null);
    expect(judged.filter((line) => !isRight(line))).toEqual([]);
  });

  it('has the formats right to 95 %, and accepts nothing that is wrong', async () => {
    const { lines } = await conformance(files('formats'));
    expect(lines.filter(isRight).length / lines.length).toBeGreaterThanOrEqual(0.95);
    const verdicts = (line: Line) => [line.zod, line.zod_compiled, line.pydantic, line.columnar];
    const accepted = lines.filter((line) => verdicts(line).includes(true) && !line.expected);
    expect(accepted).toEqual([]);
  });

  it('gets the same error records from both languages, byte for byte', async () => {
    const { explain } = (await import(
      pathToFileURL(join(ROOT, 'dist/schema/explain.js')).href
    )) as { explain: typeof Explain };
    const all = [...files('common'), ...files('other'), ...files('formats')];
    const python = join(ROOT, '.venv/bin/python');
    const pythonPath = join(ROOT, 'py');
    const cacheDir = join(folder, 'cache');
    const verdicts = await pythonVerdicts({
      ...{ python, pythonPath, cacheDir, files: all, errors: true },
    });
    const tests = all.flatMap((file) => {
      const groups = JSON.parse(readFileSync(file, 'utf8')) as { tests: { data: unknown }[] }[];
      return groups.flatMap((group) => group.tests);
    });
    expect(verdicts).toHaveLength(tests.length);
    for (const [at, verdict] of verdicts.entries()) {
      if (verdict.errors === undefined || verdict.zod_module === null) continue;
      const { patterns } = await import(pathToFileURL(verdict.zod_module).href);
      const schema = { document: verdict.document as never, patterns };
      const records = explain(schema, tests[at]?.data, 0);
      const texts = records.map((record) => JSON.stringify(record));
      expect(texts, `${basename(verdict.file)}: ${verdict.test}`).toEqual(verdict.errors);
      expect(texts.length === 0).toBe(verdict.pydantic);
    }
  });
});
