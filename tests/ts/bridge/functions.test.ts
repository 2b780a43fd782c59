import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { type Table, tableFromArrays } from 'apache-arrow';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTable } from '../../../ts/arrow/decode.js';
import { tableBody } from '../../../ts/arrow/table.js';
import type { CallOptions } from '../../../ts/bridge/call.js';
import { compileSchemas } from '../../../ts/bridge/compile.js';
import { BridgeError } from '../../../ts/bridge/errors.js';
import { checkExtensions } from '../../../ts/bridge/extensions.js';
import { type PoolOptions, WorkerPool } from '../../../ts/bridge/pool.js';

const FUNCTIONS = `
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl_polyglot import FunctionContext, function


@function
def add_margin(data: pd.DataFrame, rate: float = 0.2) -> pd.DataFrame:
    return data.assign(margin=data["price"] * rate)


@function
def split(data: pa.Table, at: int) -> dict[str, Any]:
    return {"head": data.slice(0, at), "tail": data.slice(at), "rows": data.num_rows}


@function
def same(data: pa.Table) -> pa.Table:
    return data


@function
def scale(batches: Iterator[pa.RecordBatch], by: float) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        yield batch.set_column(0, "price", pc.multiply(batch["price"], by))
    return rows


kept: list[pa.Table] = []


@function
def keep(data: pa.Table) -> None:
    kept.append(data)


@function
def sum_of_kept() -> float:
    return pc.sum(kept.pop()["price"]).as_py()


@function
def counted(to: int) -> Iterator[int]:
    yield from range(to)


@function
def divide(by: int) -> float:
    return share(1, by)


def share(whole: int, by: int) -> float:
    return whole / by  # here


@function(retry=True)
def dies_once(marker: str) -> str:
    return die_first(marker)


@function
def dies(marker: str) -> str:
    return die_first(marker)


def die_first(marker: str) -> str:
    if not Path(marker).exists():
        Path(marker).touch()
        os._exit(3)
    return "alive"


@function
def waits(marker: str, context: FunctionContext) -> None:
    context.emit({"waiting": True})
    if context.cancelled.wait(30):
        Path(marker).touch()
`;

const ROOT = resolve(import.meta.dirname, '../../..');

let folder: string;
let pool: WorkerPool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-functions-'));
  const dir = join(folder, 'python');
  const options: Omit<PoolOptions, 'schemaDigest' | 'workers' | 'log'> = {
    python: join(ROOT, '.venv/bin/python'),
    pythonPath: join(ROOT, 'py'),
    schemaDir: join(ROOT, 'shared-schemas/records'),
    cacheDir: join(folder, 'schemas'),
    memoryLimit: 64 * 2 ** 20,
  };
  await mkdir(dir);
  await writeFile(join(dir, 'prices.py'), FUNCTIONS);
  const { digest } = await compileSchemas(options);
  const extensions = await checkExtensions({ ...options, dir });
  const log = pino({ level: 'silent' });
  pool = await WorkerPool.open({ ...options, schemaDigest: digest, extensions, workers: 1, log });
  await pool.ready();
}, 60_000);

afterAll(async () => {
  await pool?.close();
  await rm(folder, { recursive: true });
});

type Range = readonly [number, number];
interface Answer {
  value: unknown;
  tables: Record<string, Range>;
}

/** Calls a function with JSON values, and with a table as its `data`. */
async function call(name: string, args: object, data?: Table, options: CallOptions = {}) {
  const body = data && tableBody(data);
  const tables = body ? { data: [0, body.capacity] } : {};
  const params = { name, args, tables };
  const reply = await pool.call<Answer>('call_function', params, { ...options, body });
  const found = Object.entries(reply.value.tables).map(([key, [start, length]]) => {
    return [key, decodeTable((reply.body ?? new Uint8Array()).subarray(start, start + length))];
  });
  return { ...reply, value: reply.value.value, tables: Object.fromEntries(found) as Tables };
}

type Tables = Record<string, Table>;

const columnOf = (table: Table | undefined, name: string) => [
  ...(table?.getChild(name)?.toArray() ?? []),
];

const refused = async (...args: Parameters<typeof call>): Promise<BridgeError> => {
  const error: unknown = await call(...args).catch((thrown: unknown) => thrown);
  if (error instanceof BridgeError) return error;
  throw new Error('the call was not refused', { cause: error });
};

const prices = (count: number) =>
  tableFromArrays({ price: Float64Array.from({ length: count }, (_, index) => index) });

const zeros = (count: number) => tableFromArrays({ price: new Float64Array(count) });

describe('a function called by its name', () => {
  it('takes a table and values, and gives a table', async () => {
    const { value, tables } = await call('add_margin', { rate: 0.5 }, prices(3));
    expect(value).toBeNull();
    expect(columnOf(tables[''], 'margin')).toEqual([0, 0.5, 1]);
  });

  it('gives several tables and values at once', async () => {
    const { value, tables } = await call('split', { at: 1 }, prices(3));
    expect(value).toEqual({ rows: 3 });
    expect(columnOf(tables.head, 'price')).toEqual([0]);
    expect(columnOf(tables.tail, 'price')).toEqual([1, 2]);
  });

  it('sees the memory of its caller, which sees that of its answer: nothing is copied', async () => {
    const { tables, transfer, release } = await call('same', {}, prices(1_000_000));
    expect(tables['']?.numRows).toBe(1_000_000);
    expect(transfer).toMatchObject({ path: 'shared', bytesCopied: 0 });
    expect(transfer.bytesMapped).toBeGreaterThan(2 * 8_000_000);
    release();
  });

  it('may keep a table: nothing else is ever written where it lies', async () => {
    await call('keep', {}, prices(10_000));
    for (let round = 0; round < 20; round += 1) (await call('same', {}, zeros(10_000))).release();
    expect((await call('sum_of_kept', {})).value).toBe((9_999 * 10_000) / 2);
  });

  it('has the transformations of jobs built in', async () => {
    const data = tableFromArrays({ name: [' a  b ', 'a b', 'c'] });
    const args = { transformations: ['normalize', 'deduplicate'] };
    const { tables } = await call('transform_batch', args, data);
    expect([...(tables['']?.getChild('name') ?? [])]).toEqual(['a b', 'c']);
  });

  it('takes a stream larger than the memory, and gives one, piece by piece', async () => {
    let sent = 0;
    const rows = 2 ** 17;
    const input = async function* () {
      for (; sent < 100; sent += 1) yield { body: tableBody(prices(rows)) };
    };
    const params = { name: 'scale', args: { by: 2 }, stream: 'batches' };
    const stream = pool.stream<Answer>('call_function', params, { input: input() });
    let pieces = 0;
    for await (const { value, body } of stream) {
      pieces += 1;
      expect(Object.keys(value.tables)).toEqual(['']);
      expect(columnOf(decodeTable(body ?? new Uint8Array()).slice(0, 3), 'price')).toEqual([
        0, 2, 4,
      ]);
      expect(sent - pieces).toBeLessThan(20);
    }
    expect(pieces).toBe(100);
    expect((await stream.result).value).toEqual({ value: 100 * rows, tables: {} });
  });

  it('may send events, and sees that its caller has gone', async () => {
    const marker = join(folder, 'gone');
    const leave = new AbortController();
    const onEvent = () => leave.abort();
    const options = { signal: leave.signal, onEvent };
    const error = await refused('waits', { marker }, undefined, options);
    expect(error.code).toBe('CANCELLED');
    await expect.poll(() => existsSync(marker)).toBe(true);
  });
});

describe('a call by name that fails', () => {
  it('says which name was meant', async () => {
    const error = await refused('add_margn', {});
    expect(error.code).toBe('FUNCTION_NOT_FOUND');
    expect(error.message).toContain(
      'There is no Python function add_margn (did you mean add_margin?). Known: add_margin, ',
    );
    expect(error.message).toContain(`come from ETL_PYTHON_DIR, ${join(folder, 'python')}.`);
  });

  it('says which argument does not fit, and how the function is called', async () => {
    const error = await refused('add_margin', { rate: '0.5' }, prices(1));
    expect(error.code).toBe('INVALID_ARGUMENTS');
    expect(error.message).toBe(
      'add_margin: rate: expected a valid number, got "0.5". It is called as add_margin(' +
        'data: pandas.DataFrame, rate: float = 0.2) -> pandas.DataFrame.',
    );
  });

  it('has one stack, of the lines in Python and in JavaScript', async () => {
    const error = await refused('divide', { by: 0 });
    expect(error.code).toBe('FUNCTION_FAILED');
    expect(error.message).toContain('failed: it raised ZeroDivisionError: division by zero');
    const stack = (error.stack ?? '').split('\n');
    const at = (text: string) => stack.findIndex((line) => line.includes(text));
    expect(stack[1]).toMatch(/at share \(.*prices\.py:\d+\) {2}return whole \/ by {2}# here$/);
    expect(stack[2]).toMatch(/at divide \(.*prices\.py:\d+\) {2}return share\(1, by\)$/);
    expect(at('functions.test.ts')).toBeGreaterThan(2);
  });

  it('is short to print, and shows no frames of what runs it', async () => {
    const wrong = await refused('add_margin', { rate: '0.5' }, prices(1));
    expect([wrong.pythonTraceback, wrong.cause]).toEqual([undefined, undefined]);
    const failed = await refused('divide', { by: 0 });
    expect(failed.pythonTraceback).toContain('ZeroDivisionError');
    expect(inspect(failed)).not.toContain('Traceback');
    for (const { stack } of [wrong, failed, await refused('add_margn', {})]) {
      expect(stack).not.toMatch(/etl_polyglot|contextlib/);
    }
  });

  it('is named by its function', async () => {
    const marker = join(folder, 'named');
    const late = await refused('waits', { marker }, undefined, { timeoutMs: 50 });
    expect(late.message).toMatch(/^call_function waits did not answer within 0\.05 s/);
    const params = { name: 'counted', args: { to: 2 } };
    const call = pool.call('call_function', params);
    await expect(call).rejects.toThrow(
      'call_function counted answers in parts: read it as a stream, with {stream: true} in callPython',
    );
    const huge = { body: new Uint8Array(33 * 2 ** 20) };
    await expect(pool.call('call_function', params, huge)).rejects.toThrow(
      /^The body of call_function counted has 34603008 bytes, more than the 33554432 .* ETL_MEMORY_LIMIT\.$/,
    );
  });

  it('gives the error of its input back as the cause', async () => {
    const failure = new RangeError('no more rows');
    const input = async function* () {
      yield { body: tableBody(prices(1)) };
      throw failure;
    };
    const params = { name: 'scale', args: { by: 2 }, stream: 'batches' };
    const stream = pool.stream('call_function', params, { input: input() });
    const read = (async () => {
      for await (const _ of stream);
    })();
    await expect(read).rejects.toMatchObject({ code: 'INPUT_FAILED', cause: failure });
    await expect(stream.result).rejects.toThrow();
  });

  it('is made again when its worker died, if its function says so', async () => {
    const again = await call('dies_once', { marker: join(folder, 'first') });
    expect(again.value).toBe('alive');
    const error = await refused('dies', { marker: join(folder, 'second') });
    expect(error.code).toBe('WORKER_CRASHED');
    expect((await call('dies', { marker: join(folder, 'second') })).value).toBe('alive');
  });
});
