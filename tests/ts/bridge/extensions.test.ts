import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeRows } from '../../../ts/arrow/encode.js';
import { checkExtensions } from '../../../ts/bridge/extensions.js';
import { BUILT_IN } from '../../../ts/generated/records/index.js';
import { openPool, poolOptions } from '../../faults/support/pool.js';

const ADULTS = `
from etl_polyglot import rule

@rule("user", field="age")
def adults_only(frame):
    """must be of age"""
    return frame["age"] >= 18
`;
const DOUBLE =
  'from etl_polyglot import function\n\n@function\ndef double(number: int) -> int:\n    return number * 2\n';
const HANGS =
  'from etl_polyglot import rule\n\n@rule("user")\ndef hangs(frame):\n    while True: pass\n';
const FAILS =
  'from etl_polyglot import rule\n\n@rule("user")\ndef fails(frame):\n    return frame["x"]\n';

const user = { id: 1, email: 'a@b.co', name: 'Ada', created_at: '2024-01-01T00:00:00Z' };
const params = { schema: 'user', first_index: 0, max_errors: 10 };

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-extensions-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const rows = (...changes: object[]) =>
  encodeRows(
    BUILT_IN.user.layout,
    changes.map((change) => ({ ...user, ...change })),
  );

/** A pool whose worker has the rules of a file. */
async function poolWith(text: string) {
  const options = await poolOptions();
  const dir = await folderOf({ 'a.py': text });
  const extensions = await checkExtensions({ ...options, dir });
  return { dir, ...(await openPool({ ...options, extensions })) };
}

describe('a folder of rules and functions', () => {
  it('is checked once, and then loaded by every worker', async () => {
    const options = await poolOptions();
    const dir = await folderOf({ 'a.py': ADULTS, 'b.py': DOUBLE });
    const extensions = await checkExtensions({ ...options, dir });
    expect(extensions).toMatchObject({ rules: { user: ['adults_only'] }, functions: ['double'] });
    const { pool } = await openPool({ ...options, extensions });
    const body = rows({ age: 18 }, { age: 17 }, { id: 0, age: 3 });
    const { value } = await pool.call('validate_rows', params, { body });
    expect(value).toMatchObject({ valid: 1, invalid_indices: [1, 2], rule_indices: [1] });
    const double = { name: 'double', args: { number: 2 } };
    expect((await pool.call('call_function', double)).value).toEqual({ value: 4, tables: {} });
  });

  it('is refused with a line for everything that is wrong', async () => {
    const dir = await folderOf({
      'a.py': 'def f(:',
      'b.py': ADULTS.replace('"user"', '"usr"'),
      'c.py': DOUBLE.replace(': int', ''),
    });
    await expect(checkExtensions({ ...(await poolOptions()), dir })).rejects.toMatchObject({
      name: 'ExtensionsError',
      problems: [
        expect.stringContaining(`${dir}/a.py:1: SyntaxError: invalid syntax; mend the file`),
        expect.stringContaining('no record schema usr; did you mean user?'),
        expect.stringContaining('c.py:3: function double: parameter number has no annotation'),
      ],
    });
  });

  it('is refused when a file of it ends Python', async () => {
    const dir = await folderOf({
      'a.py': 'import os\nprint("so long", flush=True)\nos._exit(7)\n',
    });
    await expect(checkExtensions({ ...(await poolOptions()), dir })).rejects.toThrow(
      'importing its files ended Python with 7; it printed:\nso long',
    );
  });

  it('that has changed since it was checked is loaded by no other worker', async () => {
    const options = await poolOptions();
    const dir = await folderOf({ 'a.py': ADULTS });
    const extensions = await checkExtensions({ ...options, dir });
    await writeFile(join(dir, 'a.py'), `${ADULTS}# changed\n`);
    const { pool } = await openPool({ ...options, extensions });
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('its files have changed since the server started; restart'),
    });
  });
});

describe('a business rule', () => {
  it('that gives no verdict fails the call, with its place, and its traceback for the log', async () => {
    const { pool } = await poolWith(FAILS);
    await expect(pool.call('validate_rows', params, { body: rows({}) })).rejects.toMatchObject({
      code: 'RULE_FAILED',
      message: expect.stringMatching(
        /^The rule fails of user \(a\.py:3\) gave no verdict: it raised KeyError at line 5\./,
      ),
      pythonTraceback: expect.stringContaining('a.py", line 5, in fails'),
    });
  });

  it('that never ends costs its call the deadline, and its worker', async () => {
    const { pool } = await poolWith(HANGS);
    await pool.ready();
    const call = pool.call('validate_rows', params, { body: rows({}), timeoutMs: 500 });
    await expect(call).rejects.toMatchObject({ code: 'WORKER_TIMEOUT' });
    await expect(pool.call('echo', { a: 1 })).resolves.toMatchObject({ value: { a: 1 } });
    await expect.poll(() => pool.status().restarts.hang, { timeout: 10_000 }).toBe(1);
  });
});
