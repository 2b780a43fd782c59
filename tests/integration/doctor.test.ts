import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAIN, ROOT, workingFolder } from './support/server.js';

interface Finding {
  check: string;
  status: string;
  detail: string;
  advice?: string;
}

let folder: string;

beforeEach(() => {
  folder = workingFolder();
  mkdirSync(join(folder, 'tmp'));
});

function doctor(
  environment: Record<string, string> = {},
  args: readonly string[] = [],
  main = MAIN,
) {
  const env = { ...process.env, TMPDIR: join(folder, 'tmp'), ...environment };
  const ended = spawnSync(process.execPath, [main, 'doctor', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

function findings(environment: Record<string, string> = {}) {
  const { code, stdout } = doctor(environment, ['--json']);
  const lines = stdout.trimEnd().split('\n');
  return { code, found: lines.map((line) => JSON.parse(line) as Finding) };
}

describe('etl doctor', () => {
  it('finds all well where all is, and leaves nothing behind', () => {
    const { code, found } = findings();
    expect(found.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(found.map(({ check }) => check)).toEqual([
      'node',
      'node packages',
      'settings',
      'python',
      'python packages',
      'ETL_MEMORY_LIMIT',
      'open files',
      ...(process.platform === 'linux' ? ['/dev/shm'] : []),
      'ETL_DATA_ROOTS',
      'ETL_STATE_DIR',
      'schemas',
      'ETL_PYTHON_DIR',
      'worker',
      'shared memory',
    ]);
    expect(found.at(-1)?.detail).toMatch(/^1 MiB there and back in [\d.]+ ms/);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['data', 'tmp']);
  });

  it('says of each thing that is wrong what to do, and ends by 2', () => {
    mkdirSync(join(folder, 'python'));
    writeFileSync(join(folder, 'python/broken.py'), 'import nothing_of_that_name\n');
    const { code, stdout, stderr } = doctor({
      ETL_DATA_ROOTS: './data:./gone',
      ETL_PYTHON_DIR: './python',
      ETL_MEMORY_LIMIT: '8191TiB',
    });
    expect(code).toBe(2);
    expect(stdout).toContain(`fail  ETL_DATA_ROOTS: ${folder}/gone cannot be read (ENOENT)`);
    expect(stdout).toContain(`do: mkdir -p "${folder}/gone"`);
    const place = `${folder}/python/broken.py:1`;
    expect(stdout).toContain(`fail  ETL_PYTHON_DIR: ${place}: ModuleNotFoundError: No module`);
    expect(stdout).toMatch(/fail {2}ETL_MEMORY_LIMIT: .*\n {6}do: set it to/);
    expect(stdout).toMatch(/ok {4}shared memory: |warn {2}shared memory: /);
    expect(stderr).toMatch(/^\d+ ok, \d+ to look at, 3 to mend\n$/);
  });

  it('says what the folder of own Python declares', () => {
    mkdirSync(join(folder, 'python'));
    const lines = [
      'from etl_polyglot import function, rule',
      '@rule("user")',
      'def adult(frame): return frame["id"] > 0',
      '@function',
      'def double(number: int) -> int: return number * 2',
    ];
    writeFileSync(join(folder, 'python/own.py'), lines.join('\n'));
    const { found } = findings({ ETL_PYTHON_DIR: './python' });
    expect(found.find(({ check }) => check === 'ETL_PYTHON_DIR')).toEqual({
      check: 'ETL_PYTHON_DIR',
      status: 'ok',
      detail: `${folder}/python: functions double; business rules user.adult`,
    });
  });

  it('looks without a Python at nothing that needs one', () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    for (const name of ['dist', 'package.json', 'requirements.txt']) {
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const { code, stdout, stderr } = doctor({}, [], join(copy, 'dist/cli/main.js'));
    expect(code).toBe(2);
    expect(stdout).toMatch(/fail {2}python: .* cannot be run.*\n {6}do: npm start/);
    expect(stdout).not.toMatch(/schemas|worker:/);
    expect(stderr).toMatch(/ 1 to mend\n$/);
  });

  it('names a schema that does not compile, and starts no worker for it', () => {
    mkdirSync(join(folder, 'schemas'));
    writeFileSync(join(folder, 'schemas/bad.schema.json'), '{"type": "objekt"}');
    const { code, found } = findings({ ETL_SCHEMA_DIR: './schemas' });
    expect(code).toBe(2);
    expect(found.at(-1)).toMatchObject({
      check: 'schemas',
      status: 'fail',
      detail: expect.stringContaining('bad.schema.json'),
      advice: expect.stringContaining('etl schema check'),
    });
  });

  it('names a variable that is not well-formed', () => {
    const { code, found } = findings({ ETL_WORKERS: 'many' });
    expect(code).toBe(2);
    expect(found.at(-1)).toMatchObject({
      check: 'settings',
      status: 'fail',
      detail: expect.stringContaining('ETL_WORKERS="many"'),
    });
  });
});
