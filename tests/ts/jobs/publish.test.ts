import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { inodeOf, type PublishIntent, pruneVersions, publish } from '../../../ts/jobs/publish.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;
let target: string;
let staged: string;
let kept: string;

beforeEach(() => {
  folder = temporaryFolder();
  target = join(folder, 'users.parquet');
  staged = join(folder, '.users.parquet.job_2.1.staged');
  kept = join(folder, '.etl-versions', 'users.parquet', 'job_1.1');
});

async function intent(changes: Partial<PublishIntent> = {}): Promise<PublishIntent> {
  writeFileSync(staged, 'new');
  const inode = await inodeOf(staged);
  if (inode === undefined) throw new Error('the staged file was just written');
  const plain = { staged, target, inode, version: 'job_2.1', replaces: 'job_1.1' };
  return { ...plain, ifExists: 'replace', ...changes };
}

function expectPublished(): void {
  expect(readFileSync(target, 'utf8')).toBe('new');
  expect(existsSync(staged)).toBe(false);
}

describe('publish', () => {
  it('puts the staged file in place where nothing stood', async () => {
    await expect(publish(await intent())).resolves.toBe(true);
    expectPublished();
    expect(readdirSync(folder)).toEqual(['users.parquet']);
  });

  it('keeps what stood there before, and only that', async () => {
    writeFileSync(target, 'old');
    mkdirSync(join(kept, '..'), { recursive: true });
    writeFileSync(join(kept, '..', 'job_0.1'), 'older');
    const plan = await intent();
    await publish(plan);
    await pruneVersions(plan);
    expectPublished();
    expect(readFileSync(kept, 'utf8')).toBe('old');
    expect(readdirSync(join(kept, '..'))).toEqual(['job_1.1']);
  });

  it('keeps versions of targets apart whose names begin alike', async () => {
    const other = join(folder, '.etl-versions', 'users.parquet.bak');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'job_9.1'), 'of another target');
    await pruneVersions(await intent());
    expect(readdirSync(other)).toEqual(['job_9.1']);
  });

  it('does not replace under if_exists: fail, even a file that came after the submission', async () => {
    const plan = await intent({ ifExists: 'fail' });
    writeFileSync(target, 'came meanwhile');
    await expect(publish(plan)).rejects.toMatchObject({ code: 'TARGET_EXISTS' });
    expect(readFileSync(target, 'utf8')).toBe('came meanwhile');
  });

  it('says so when the staged file is gone, and leaves the target alone', async () => {
    writeFileSync(target, 'old');
    const plan = await intent();
    rmSync(staged);
    await expect(publish(plan)).resolves.toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });
});

describe('publish does not go where a planted link leads:', () => {
  let outside: string;

  beforeEach(() => {
    outside = join(folder, 'outside');
    mkdirSync(join(outside, 'users.parquet'), { recursive: true });
    writeFileSync(join(outside, 'users.parquet', 'theirs'), 'theirs');
    writeFileSync(target, 'old');
  });

  it('a link in place of the staged file is not published', async () => {
    const plan = await intent();
    rmSync(staged);
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(join(outside, 'secret'), staged);
    expect(await inodeOf(staged)).toBeUndefined();
    await expect(publish(plan)).resolves.toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it.each([
    ['all kept versions', () => symlinkSync(outside, join(folder, '.etl-versions'))],
    [
      "the target's kept versions",
      () => {
        mkdirSync(join(folder, '.etl-versions'));
        symlinkSync(join(outside, 'users.parquet'), join(kept, '..'));
      },
    ],
  ])(
    'a link in place of the folder of %s fails the job, and nothing is pruned behind it',
    async (_, plant) => {
      plant();
      const plan = await intent();
      await expect(publish(plan)).rejects.toThrow(/must be a folder, not a link/);
      await pruneVersions(plan);
      expect(readFileSync(target, 'utf8')).toBe('old');
      expect(readdirSync(join(outside, 'users.parquet'))).toEqual(['theirs']);
    },
  );
});

describe('publish, taken up again after a crash', () => {
  const steps: [string, () => void][] = [
    ['before its first step', () => undefined],
    [
      'with the previous version kept',
      () => {
        mkdirSync(join(kept, '..'), { recursive: true });
        linkSync(target, kept);
      },
    ],
    [
      'with another file left under the name of the previous version',
      () => {
        mkdirSync(join(kept, '..'), { recursive: true });
        writeFileSync(kept, 'stale');
      },
    ],
    [
      'after the rename',
      () => {
        mkdirSync(join(kept, '..'), { recursive: true });
        linkSync(target, kept);
        renameSync(staged, target);
      },
    ],
  ];

  it.each(steps)('%s comes to its end', async (_, crash) => {
    writeFileSync(target, 'old');
    const plan = await intent();
    crash();
    await expect(publish(plan)).resolves.toBe(true);
    expectPublished();
    expect(readFileSync(kept, 'utf8')).toBe('old');
  });

  it('comes to its end under if_exists: fail between link and removal', async () => {
    const plan = await intent({ ifExists: 'fail' });
    linkSync(staged, target);
    await expect(publish(plan)).resolves.toBe(true);
    expectPublished();
  });

  it('does nothing the second time', async () => {
    const plan = await intent();
    await publish(plan);
    await expect(publish(plan)).resolves.toBe(true);
    expectPublished();
  });
});
