import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DataRoots } from '../../../ts/jobs/paths.js';
import { temporaryFolder } from '../temporary-folder.js';

let base: string;
let root: string;
let roots: DataRoots;

beforeEach(async () => {
  base = temporaryFolder();
  root = join(base, 'data');
  mkdirSync(join(root, 'input'), { recursive: true });
  mkdirSync(join(root, '.etl'));
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(root, 'input', 'users.csv'), 'id\n1\n');
  writeFileSync(join(base, 'outside', 'secret.csv'), 'secret\n');
  roots = await DataRoots.open([root], join(root, '.etl'));
});

const refused = (reason: string) =>
  expect.objectContaining({ code: 'PATH_FORBIDDEN', message: expect.stringContaining(reason) });

describe('a source', () => {
  it('under a root is found, by its absolute path or from the working folder', async () => {
    const users = join(root, 'input', 'users.csv');
    await expect(roots.source(users)).resolves.toBe(users);
    await expect(roots.source(`${root}/input/../input/users.csv`)).resolves.toBe(users);
  });

  it('that does not exist is SOURCE_NOT_FOUND, with the working folder that it was looked for in', async () => {
    await expect(roots.source(join(root, 'input', 'none.csv'))).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      params: { cwd: process.cwd() },
    });
  });

  it.each(['/etc/passwd', '/proc/self/environ', '/dev/zero', '../../../../etc/passwd'])(
    'outside the roots is refused: %s',
    async (path) => {
      await expect(roots.source(path)).rejects.toThrow(refused('lies outside them'));
    },
  );

  it('that climbs out of the root is refused', async () => {
    await expect(roots.source(`${root}/../outside/secret.csv`)).rejects.toThrow(
      refused('lies outside them'),
    );
  });

  it('in a folder that only begins like a root is refused', async () => {
    mkdirSync(`${root}-other`);
    writeFileSync(`${root}-other/users.csv`, 'id\n');
    await expect(roots.source(`${root}-other/users.csv`)).rejects.toThrow(
      refused('lies outside them'),
    );
  });

  it('behind a link that leads out is refused, be it the file or a folder above', async () => {
    symlinkSync(join(base, 'outside', 'secret.csv'), join(root, 'link.csv'));
    symlinkSync(join(base, 'outside'), join(root, 'folder'));
    for (const path of ['link.csv', 'folder/secret.csv']) {
      await expect(roots.source(join(root, path))).rejects.toThrow(
        refused('passes a link that leads out of them'),
      );
    }
  });

  it('behind a link within the roots is found where it really lies', async () => {
    symlinkSync(join(root, 'input'), join(root, 'latest'));
    await expect(roots.source(join(root, 'latest', 'users.csv'))).resolves.toBe(
      join(root, 'input', 'users.csv'),
    );
  });

  it('that is a folder, a FIFO or has a NUL is refused', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    await expect(roots.source(join(root, 'input'))).rejects.toThrow(refused('not a regular file'));
    await expect(roots.source(join(root, 'fifo'))).rejects.toThrow(refused('not a regular file'));
    await expect(roots.source(`${root}/a\0b`)).rejects.toThrow(refused('NUL'));
    await expect(roots.source(join(root, 'input', 'users.csv', 'x'))).rejects.toThrow(
      refused('passes through a file'),
    );
  });

  it("in the server's own state folder is refused, even where that lies in a root", async () => {
    writeFileSync(join(root, '.etl', 'jobs.sqlite'), '');
    await expect(roots.source(join(root, '.etl', 'jobs.sqlite'))).rejects.toThrow(
      refused('ETL_STATE_DIR'),
    );
  });

  it.each(['naïve.csv', 'nai\u0308ve.csv', `${'x'.repeat(251)}.csv`, 'line\nbreak.csv'])(
    'may have any name: %j',
    async (name) => {
      writeFileSync(join(root, name), 'id\n');
      await expect(roots.source(join(root, name))).resolves.toBe(join(root, name));
    },
  );
});

describe('a target', () => {
  it('may be new, and its folder is made when it is to be written, not before', async () => {
    const target = join(root, 'output', 'deep', 'users.parquet');
    await expect(roots.target(target, 'replace')).resolves.toBe(target);
    expect(existsSync(join(root, 'output'))).toBe(false);
    await expect(roots.targetInFolder(target, 'replace')).resolves.toBe(target);
    expect(existsSync(join(root, 'output', 'deep'))).toBe(true);
    expect(existsSync(target)).toBe(false);
  });

  it('that exists is TARGET_EXISTS under if_exists: fail, and stays as it is', async () => {
    const target = join(root, 'users.parquet');
    writeFileSync(target, 'old');
    await expect(roots.target(target, 'replace')).resolves.toBe(target);
    await expect(roots.target(target, 'fail')).rejects.toMatchObject({ code: 'TARGET_EXISTS' });
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it('that names a folder, or lies among kept versions, is refused', async () => {
    for (const path of [`${root}/new/`, join(root, 'input')]) {
      await expect(roots.target(path, 'replace')).rejects.toThrow(refused('regular file'));
    }
    const kept = join(root, '.etl-versions', 'users.parquet', 'job.1');
    await expect(roots.target(kept, 'replace')).rejects.toThrow(refused('kept versions'));
  });

  it('in a folder that cannot be made or written is refused', async () => {
    await expect(
      roots.target(join(root, 'input', 'users.csv', 'users.parquet'), 'replace'),
    ).rejects.toThrow(refused('passes through a file'));
    const system = await DataRoots.open(['/proc/self'], join(root, '.etl'));
    await expect(
      system.targetInFolder('/proc/self/fdinfo/x/users.parquet', 'replace'),
    ).rejects.toThrow(refused('cannot be'));
  });

  it('does not make a folder behind a link that leads out', async () => {
    symlinkSync(join(base, 'outside'), join(root, 'folder'));
    await expect(
      roots.targetInFolder(join(root, 'folder', 'new', 'x.parquet'), 'replace'),
    ).rejects.toThrow(refused('leads out'));
    expect(existsSync(join(base, 'outside', 'new'))).toBe(false);
  });
});

describe('the roots', () => {
  it('must be folders: each that is not is a line that names the setting', async () => {
    const file = join(root, 'input', 'users.csv');
    await expect(DataRoots.open([root, join(base, 'no'), file], base)).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^ETL_DATA_ROOTS=".*no": expected a folder/),
        expect.stringMatching(/^ETL_DATA_ROOTS=".*users.csv": expected a folder/),
      ],
    });
  });
});
