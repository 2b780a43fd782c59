import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDataRoots, checkStateDir } from '../../../ts/cli/doctor/folders.js';
import { checkMemory, checkOpenFiles } from '../../../ts/cli/doctor/machine.js';
import {
  checkNode,
  checkNodePackages,
  checkPython,
  comparePackages,
  lockedPackages,
} from '../../../ts/cli/doctor/versions.js';
import { readSettings } from '../../../ts/settings.js';
import { temporaryFolder } from '../temporary-folder.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const GIB = 2 ** 30;

const settingsOf = (environment: Record<string, string>) => readSettings(environment);

describe('the doctor finds of versions', () => {
  it('that those of this project are as locked', async () => {
    const { python } = readSettings({});
    const found = [await checkNode(), await checkNodePackages(), ...(await checkPython(python))];
    expect(found.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(found.map(({ check }) => check)).toEqual([
      'node',
      'node packages',
      'python',
      'python packages',
    ]);
  });

  it('which packages are missing or others than locked', () => {
    const wanted = { zod: '4.6.7', koffi: '3.3.4', pino: '10.4.0' };
    expect(comparePackages('node packages', wanted, { zod: '4.0.0', pino: '10.4.0' })).toEqual({
      check: 'node packages',
      status: 'fail',
      detail: 'zod is 4.0.0, not 4.6.7, koffi is missing',
      advice: 'npm start sets everything up anew',
    });
  });

  it('that there is no Python', async () => {
    expect(await checkPython('/nowhere/python')).toMatchObject([
      { check: 'python', status: 'fail', detail: expect.stringContaining('/nowhere/python') },
    ]);
  });

  it('by the pins of every platform in the lock', () => {
    const lock = 'a-b==1.2.3 \\\n    --hash=sha256:0\nc==4 ; sys_platform == "win32" \\\nd==5\n';
    expect(lockedPackages(lock)).toEqual({ 'a-b': '1.2.3', d: '5' });
    const own = lockedPackages(readFileSync(join(ROOT, 'requirements.txt'), 'utf8'));
    expect(Object.keys(own)).toEqual(expect.arrayContaining(['pandas', 'pyarrow', 'pydantic']));
  });
});

describe('the doctor finds of the machine', () => {
  it.each([
    [4, 8, 'ok', undefined],
    [7.5, 8, 'warn', 'leave some'],
    [8, 2, 'fail', 'set it to 1GiB or less'],
  ])('for a limit of %d GiB where there are %d: %s', (limit, available, status, advice) => {
    const finding = checkMemory({ memoryLimit: limit * GIB }, available * GIB);
    expect(finding).toMatchObject({ check: 'ETL_MEMORY_LIMIT', status });
    if (advice !== undefined) expect(finding.advice).toContain(advice);
  });

  it('too few descriptors for the workers', () => {
    expect(checkOpenFiles({ workers: 2 }, 4_096).status).toBe('ok');
    expect(checkOpenFiles({ workers: 64 }, 1_024)).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('ulimit -n 2048'),
    });
  });
});

describe('the doctor finds of folders', () => {
  it('that state can be kept in one that is not there yet, and does not make it', async () => {
    const folder = temporaryFolder();
    const finding = await checkStateDir(settingsOf({ ETL_STATE_DIR: join(folder, 'a/b') }));
    expect(finding).toMatchObject({ detail: expect.stringContaining('made at the first start') });
    expect(finding.status).not.toBe('fail');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that state cannot be kept where a file stands', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await checkStateDir(settingsOf({ ETL_STATE_DIR: file }))).toMatchObject({
      status: 'fail',
      detail: `${file} cannot be written (ENOTDIR)`,
    });
  });

  it('which data roots are missing', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'file'), '');
    const roots = ['data', 'none', 'file'].map((name) => join(folder, name));
    expect(await checkDataRoots(settingsOf({ ETL_DATA_ROOTS: roots.join(':') }))).toMatchObject([
      { status: 'ok', detail: roots[0] },
      { status: 'fail', detail: `${roots[1]} cannot be read (ENOENT)` },
      { status: 'fail', detail: `${roots[2]} is not a folder` },
    ]);
  });
});
