import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Table, tableFromArrays } from 'apache-arrow';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { UserRecord } from '../../../ts/generated/records/user.js';
import type { Pipeline } from '../../../ts/pipeline/pipeline.js';
import { temporaryFolder } from '../temporary-folder.js';
import { openPipeline, PYTHON_DIR } from './support/open.js';
import { users } from './support/users.js';

const misused = (text: string) =>
  expect.objectContaining({ code: 'INVALID_REQUEST', message: expect.stringContaining(text) });

describe('an option of Pipeline.open that makes no sense', () => {
  const target = 'users.parquet';

  it.each([
    [{ schema: 'user', traget: target }, 'did you mean target?'],
    [{ schema: 'user', deadLetters: 'dead.ndjson' }, 'give target as well'],
    [{ target }, 'give schema as well'],
    [{ schema: 'user', target, ifExists: 'append' }, 'ifExists: expected replace or fail'],
    [{ schema: 'user', target: '' }, 'target: expected a text'],
  ])('is refused: %j', async (options, text) => {
    await expect(openPipeline(options as never)).rejects.toEqual(misused(text));
  });
});

describe('a file that cannot be written', () => {
  it.each(['target', 'deadLetters'])('is refused when the pipeline is opened: %s', async (name) => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const paths = { target: join(folder, 'out.parquet'), [name]: join(file, 'out.parquet') };
    const opening = openPipeline({ schema: 'user', ...paths });
    const error = await opening.catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'PATH_FORBIDDEN' });
    expect(String(error)).toMatch(new RegExp(`${name}: `));
    expect(String(error)).not.toMatch(/target_path|Jobs|ETL_DATA_ROOTS/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is so in a folder that cannot be made', async () => {
    const target = '/proc/nowhere/out.parquet';
    await expect(openPipeline({ schema: 'user', target })).rejects.toMatchObject({
      code: 'PATH_FORBIDDEN',
      message: expect.stringContaining('target: /proc/nowhere/out.parquet is in a folder'),
    });
  });

  it('is so when it exists and must not', async () => {
    const target = join(temporaryFolder(), 'out.parquet');
    writeFileSync(target, '');
    await expect(openPipeline({ schema: 'user', target, ifExists: 'fail' })).rejects.toMatchObject({
      code: 'TARGET_EXISTS',
      message: expect.stringContaining("use ifExists: 'replace'"),
    });
  });
});

describe('a method', () => {
  let pipeline: Pipeline<UserRecord>;

  beforeEach(async () => {
    const target = join(temporaryFolder(), 'out.parquet');
    const settings = { ETL_PYTHON_DIR: PYTHON_DIR };
    pipeline = await openPipeline({ schema: 'user', target, settings });
  });

  it('takes nothing that is no chunk, so that nothing is published by mistake', async () => {
    const [row] = users(1);
    for (const one of [row, { rows: [row] }, 'text', null, undefined, new Map()]) {
      for (const method of ['validate', 'transform', 'save'] as const) {
        await expect(pipeline[method](one as never)).rejects.toEqual(misused('a chunk is'));
      }
      const first = pipeline.stream([one] as never).next();
      await expect(first).rejects.toEqual(misused('a chunk is'));
    }
    await expect(pipeline.finish()).rejects.toEqual(misused('nothing was saved'));
  });

  it('takes no option that it does not know, and none of another type', async () => {
    for (const [options, text] of [
      [{ timeuot: 5 }, 'did you mean timeout?'],
      [{ timeout: -1 }, 'timeout: expected milliseconds'],
      [{ timeout: '5' }, 'timeout: expected milliseconds'],
      [{ signal: {} }, 'signal: expected an AbortSignal'],
    ] as const) {
      await expect(pipeline.validate([], options as never)).rejects.toEqual(misused(text));
      expect(() => pipeline.stream([], options as never)).toThrow(misused(text));
      expect(() => pipeline.callPython('slow', {}, options as never)).toThrow(misused(text));
    }
  });

  it('says what it wants in place of what it cannot use', async () => {
    expect(() => pipeline.stream(5 as never)).toThrow(misused('stream: expected an iterable'));
    expect(() => pipeline.callPython(undefined as never)).toThrow(misused('the name of a Python'));
    const call = pipeline.callPython('numbers', { upto: 5n });
    await expect(call).rejects.toEqual(misused('upto cannot be sent as JSON'));
    const valid = await pipeline.validate(users(1));
    await pipeline.save(valid);
    await expect(pipeline.save(valid)).rejects.toEqual(misused('transformed or saved before'));
  });

  it('whose call is no stream says so to a loop', async () => {
    const data = tableFromArrays({ id: Int32Array.of(1) });
    const call = pipeline.callPython('doubled', {
      data: [data],
    }) as unknown as AsyncIterable<Table>;
    const read = async () => {
      for await (const _ of call);
    };
    await expect(read()).rejects.toEqual(misused('{ stream: true }'));
  });

  it('may be called often at once, with one signal or none, and no warning', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const { signal } = new AbortController();
    const calls = Array.from({ length: 24 }, (_, at) => {
      return pipeline.validate(users(1), at % 2 === 0 ? {} : { signal });
    });
    await Promise.all(calls);
    await new Promise(setImmediate);
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it('shows who called it, whatever ends it', async () => {
    async function callOfUser() {
      const limits = { signal: AbortSignal.timeout(30) };
      return await pipeline.callPython('slow', {}, limits);
    }
    async function readOfUser() {
      const failing = { data: users(1) };
      for await (const _ of pipeline.callPython('failing', failing, { stream: true }));
    }
    async function resultOfUser() {
      const failing = { data: users(1) };
      await pipeline.callPython('failing', failing, { stream: true }).result;
    }
    for (const one of [callOfUser, readOfUser, resultOfUser]) {
      const { stack } = (await one().catch((error: unknown) => error)) as Error;
      expect(stack).toContain(one.name);
    }
  });

  it('says of columns that are not those of the schema which', async () => {
    const table = tableFromArrays({ id: Int32Array.of(1) });
    const error = await pipeline.validate(table).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'COLUMNS_MISMATCH' });
    expect(String(error)).not.toContain('{');
  });
});
