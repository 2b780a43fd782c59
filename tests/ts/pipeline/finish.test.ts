import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Pipeline } from '../../../ts/pipeline/pipeline.js';
import { temporaryFolder } from '../temporary-folder.js';
import { filesUnder, openPipeline } from './support/open.js';
import { BAD, users } from './support/users.js';

const transformations = ['normalize', 'deduplicate'] as const;

/** A pipeline for users, and its target, which is not there yet. */
async function open(options: { ifExists?: 'fail' } = {}) {
  const folder = temporaryFolder();
  const target = join(folder, 'output/users.parquet');
  const settings = { ETL_STATE_DIR: join(folder, 'state') };
  const pipeline = await openPipeline({
    schema: 'user',
    transformations: [...transformations],
    target,
    settings,
    ...options,
  });
  return { pipeline, target, folder };
}

describe('a pipeline that is finished', () => {
  it('publishes what was saved, and accounts for every row', async () => {
    const { pipeline, target, folder } = await open();
    await pipeline.save(await pipeline.transform(await pipeline.validate(users(20))));
    await pipeline.save([BAD, ...users(20)]);
    await pipeline.validate(users(5));
    expect(existsSync(target), 'nothing is seen before').toBe(false);
    const published = await pipeline.finish();
    expect(published.counts).toEqual({
      read: 46,
      written: 17,
      rejected: 1,
      filtered: 5,
      deduplicated: 23,
    });
    expect(published).toMatchObject({ path: target, rows: 17 });
    expect(published.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(target).byteLength).toBe(published.bytes);
    await pipeline.close();
    expect(filesUnder(folder), 'nothing else is left').toEqual(['users.parquet']);
  });

  it('publishes a typed file without rows when no row was good', async () => {
    const { pipeline } = await open();
    await pipeline.save([BAD]);
    expect(await pipeline.finish()).toMatchObject({
      rows: 0,
      counts: { read: 1, written: 0, rejected: 1 },
    });
  });

  it('waits for what is being saved, in the order of the calls', async () => {
    const { pipeline } = await open();
    const saving = [users(300), users(3), users(30)].map((rows) => pipeline.save(rows));
    expect((await pipeline.finish()).counts).toMatchObject({ read: 333, written: 297 });
    await Promise.all(saving);
  });

  it('does not wait for it any longer than it may', async () => {
    const { pipeline } = await open();
    let isSaved = false;
    const saving = pipeline.save(users(5_000)).then(() => {
      isSaved = true;
    });
    await expect(pipeline.finish({ timeout: 1 })).rejects.toMatchObject({ code: 'WORKER_TIMEOUT' });
    expect(isSaved).toBe(false);
    await saving;
    expect((await pipeline.finish({ timeout: Number.POSITIVE_INFINITY })).rows).toBe(4_997);
  });

  it('takes nothing more', async () => {
    const { pipeline } = await open();
    await pipeline.save(users(3));
    const finishing = pipeline.finish();
    await expect(pipeline.finish()).rejects.toThrow('finish: the pipeline is finished');
    await finishing;
    await expect(pipeline.save(users(3))).rejects.toThrow('save: the pipeline is finished');
    await expect(pipeline.validate(users(3))).rejects.toThrow('open another');
  });

  it('needs something that was saved', async () => {
    const { pipeline, target } = await open();
    await pipeline.validate(users(3));
    await expect(pipeline.finish()).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('nothing was saved'),
    });
    await pipeline.save(users(3));
    await pipeline.finish();
    expect(existsSync(target)).toBe(true);
  });

  it('replaces no file when it must not', async () => {
    const { pipeline, target } = await open({ ifExists: 'fail' });
    await pipeline.save(users(3));
    const { path } = await pipeline.finish();
    expect(path).toBe(target);
    const again = { schema: 'user', target, ifExists: 'fail', workers: 1 } as const;
    await expect(Pipeline.open(again)).rejects.toMatchObject({ code: 'TARGET_EXISTS' });
  });

  it('leaves the old file where it is when it cannot be finished in time, and can be again', async () => {
    const { pipeline, target } = await open();
    await pipeline.save(users(3));
    const first = await pipeline.finish();
    const before = readFileSync(target);
    const other = await openPipeline({ schema: 'user', target });
    await other.save(users(10));
    await expect(other.finish({ timeout: 1 })).rejects.toMatchObject({ code: 'WORKER_TIMEOUT' });
    expect(readFileSync(target)).toEqual(before);
    expect((await other.finish()).rows).toBeGreaterThan(first.rows);
  });
});

describe('a pipeline that is not finished', () => {
  it('publishes nothing and leaves nothing', async () => {
    const { pipeline, folder } = await open();
    await pipeline.save(users(50));
    const saving = pipeline.save(users(20_000)).catch((error: unknown) => error);
    await pipeline.close();
    await pipeline.close();
    expect(await saving).toMatchObject({ code: 'NOT_READY' });
    expect(filesUnder(folder)).toEqual([]);
    await expect(pipeline.validate(users(1))).rejects.toThrow('validate: the pipeline is closed');
  });

  it('can go on after a chunk that could not be worked on', async () => {
    const { pipeline } = await open();
    await pipeline.save(users(3));
    const late = { timeout: 1 };
    await expect(pipeline.save(users(20_000), late)).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
    });
    const cancelled = { signal: AbortSignal.abort(new Error('enough')) };
    await expect(pipeline.transform(users(3), cancelled)).rejects.toMatchObject({
      code: 'CANCELLED',
      cause: { message: 'enough' },
    });
    await pipeline.save([{ ...users(1)[0], id: 99 }]);
    expect((await pipeline.finish()).counts).toMatchObject({ written: 2, rejected: 0 });
  });

  it('takes each batch once', async () => {
    const { pipeline } = await open();
    const valid = await pipeline.validate(users(5));
    const transformed = await pipeline.transform(valid);
    await expect(pipeline.transform(valid)).rejects.toThrow('was transformed or saved before');
    await pipeline.save(transformed);
    await expect(pipeline.save(transformed)).rejects.toThrow('was saved before');
    expect(() => transformed.at(0)).toThrow('these rows were released');
  });
});

describe('a pipeline that is opened', () => {
  it('refuses what cannot be, with the name that was probably meant', async () => {
    const refused = async (options: object) => Pipeline.open(options).catch((error) => error);
    expect(await refused({ schema: 'users' })).toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
      message: expect.stringContaining('did you mean user?'),
    });
    expect(await refused({ schema: 'user', transformations: ['normalise'] })).toMatchObject({
      message: expect.stringContaining('did you mean normalize?'),
    });
    expect(await refused({ schema: 'user', transformations: ['validate'] })).toMatchObject({
      message: expect.stringContaining('leave the step validate out'),
    });
    expect(await refused({ schema: 'user', target: 'users.xls' })).toMatchObject({
      message: expect.stringContaining('say targetType as well'),
    });
    expect(await refused({ workers: 0 })).toMatchObject({
      message: expect.stringContaining('ETL_WORKERS="0"'),
    });
  });

  it('removes what a process that was killed left behind', async () => {
    const folder = temporaryFolder();
    const settings = { ETL_STATE_DIR: join(folder, 'state') };
    const first = await openPipeline({ schema: 'user', settings });
    const [name = ''] = readdirSync(settings.ETL_STATE_DIR);
    await first.close();
    const staged = join(folder, '.users.parquet.staged');
    const left = join(settings.ETL_STATE_DIR, name.replace(String(process.pid), '4194304'));
    writeFileSync(staged, '');
    mkdirSync(left);
    writeFileSync(join(left, 'outside'), staged);
    await openPipeline({ schema: 'user', settings });
    expect([existsSync(left), existsSync(staged)]).toEqual([false, false]);
  });

  it('says which method needs a schema, or a target', async () => {
    const pipeline = await openPipeline({ schema: 'user' });
    await expect(pipeline.save(users(1))).rejects.toThrow('save needs a target');
    await expect(pipeline.finish()).rejects.toThrow('finish needs a target');
  });
});

describe('a stream', () => {
  it('gives what becomes of each chunk, in order; its memory lasts until the next', async () => {
    const { pipeline } = await open();
    async function* source() {
      for (let chunk = 1; chunk <= 5; chunk += 1) yield [BAD, ...users(chunk)];
    }
    const lengths: number[] = [];
    let last: { toArray(): unknown[] } | undefined;
    for await (const rows of pipeline.stream(source())) {
      expect(() => last?.toArray()).not.toThrow(TypeError);
      expect(rows.errors).toHaveLength(2);
      expect(rows.at(0)?.name).toBe('Name 0');
      lengths.push(rows.length);
      await pipeline.save(rows);
      last = rows;
    }
    expect(lengths).toEqual([1, 2, 3, 4, 5]);
    expect(() => last?.toArray()).toThrow('these rows were released');
    expect((await pipeline.finish()).counts).toMatchObject({ read: 20, rejected: 5 });
  });

  it('ends when it is cancelled, though its source makes wait', async () => {
    const { pipeline } = await open();
    async function* source() {
      yield users(1);
      await new Promise(() => undefined);
    }
    const caller = new AbortController();
    const read = async () => {
      for await (const _ of pipeline.stream(source(), { signal: caller.signal })) caller.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
