import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../../ts/arrow/rows.js';
import { compileSchemas } from '../../../ts/bridge/compile.js';
import { checkExtensions } from '../../../ts/bridge/extensions.js';
import { WorkerPool } from '../../../ts/bridge/pool.js';
import { PythonFunctions } from '../../../ts/pipeline/functions/functions.js';
import type { Lent } from '../../../ts/pipeline/functions/lent.js';
import type { PythonCaller } from '../../../ts/pipeline/layers.js';
import { until } from '../../faults/support/pool.js';
import { PYTHON_DIR } from './support/open.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const ROOT = resolve(import.meta.dirname, '../../..');
const ROWS = 6_000;
const MEBIBYTE = 2 ** 20;

type Answer = arrow.Table & Lent;
type Arguments = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), 'etl-test-'));
let shared: WorkerPool;
let inline: WorkerPool;

async function openPool(sharedMemory: boolean): Promise<WorkerPool> {
  const options = {
    python: join(ROOT, '.venv/bin/python'),
    pythonPath: join(ROOT, 'py'),
    schemaDir: join(ROOT, 'shared-schemas/records'),
    cacheDir: join(folder, 'schemas'),
  };
  const { digest: schemaDigest } = await compileSchemas(options);
  const extensions = await checkExtensions({ ...options, dir: PYTHON_DIR });
  const log = pino({ level: 'silent' });
  const pool = { ...options, schemaDigest, extensions, workers: 1, log, sharedMemory };
  return WorkerPool.open({ ...pool, memoryLimit: 128 * MEBIBYTE });
}

beforeAll(async () => {
  shared = await openPool(true);
  inline = await openPool(false);
}, 60_000);
afterAll(async () => {
  await Promise.all([shared.close(), inline.close()]);
  rmSync(folder, { recursive: true });
});

const call = (caller: PythonCaller, name: string, args: Arguments, stream = shared) =>
  new PythonFunctions(stream, caller, undefined).call(name, args, {
    signal: new AbortController().signal,
  }) as Promise<Answer>;

/** Has Python write every column of its answer. */
const writingAll: PythonCaller = {
  call: (method, params, options) =>
    shared.call(method, { ...params, by_reference: false }, options),
};

/** A table in two batches, of columns that come back by reference and of some that cannot. */
function mixed(): arrow.Table {
  const rows = Array.from({ length: ROWS }, (_, at) => at);
  const pick = <T>(value: (at: number) => T) => rows.map((at) => (at % 7 ? value(at) : null));
  const columns = {
    id: arrow.vectorFromArray(rows, new arrow.Int32()),
    text: arrow.vectorFromArray(
      pick((at) => `the text of row ${at}`),
      new arrow.Utf8(),
    ),
    flag: arrow.vectorFromArray(
      pick((at) => at % 2 === 0),
      new arrow.Bool(),
    ),
    list: arrow.vectorFromArray(
      pick((at) => [at, at / 2]),
      new arrow.List(new arrow.Field('item', new arrow.Float64())),
    ),
    parts: arrow.vectorFromArray(
      pick((at) => ({ a: at, b: `${at}` })),
      new arrow.Struct([
        new arrow.Field('a', new arrow.Int32()),
        new arrow.Field('b', new arrow.Utf8()),
      ]),
    ),
    moment: arrow.vectorFromArray(
      pick((at) => at * 1000),
      new arrow.TimestampMillisecond(),
    ),
    word: arrow.vectorFromArray(pick((at) => ['red', 'green', 'blue'][at % 3])),
  };
  const made = new arrow.Table(columns);
  const fields = made.schema.fields.map(({ name, type }) => {
    return new arrow.Field(name, type, name !== 'id', new Map([['unit', name]]));
  });
  const schema = new arrow.Schema(fields, new Map([['made', 'here']]));
  const batches = [made.slice(0, 4_000), made.slice(4_000)].flatMap((part) => part.batches);
  return new arrow.Table(
    schema,
    batches.map(({ data }) => new arrow.RecordBatch(schema, data)),
  );
}

const MIXED = mixed();
const NUMBERS = arrow.tableFromArrays({
  a: Float64Array.from({ length: 100_000 }, (_, at) => at),
  b: Float64Array.from({ length: 100_000 }, (_, at) => -at),
});

/** All that a reader can see of a table. */
function seen(table: arrow.Table) {
  return {
    schema: String(table.schema),
    metadata: table.schema.metadata,
    fields: table.schema.fields.map(({ nullable, metadata }) => ({ nullable, metadata })),
    batches: table.batches.map(({ numRows }) => numRows),
    rows: JSON.stringify(Array.from(rowsOf(table), (row) => row.toJSON())),
  };
}

const mapped = ({ transfer }: Answer) => transfer.bytesMapped + transfer.bytesCopied;

describe('a table of which Python gives columns back', () => {
  it('is what it would be if Python had written all of it, with shared memory and without', async () => {
    const column = fc.option(fc.nat(MIXED.numCols - 1), { freq: 4 });
    const columns = fc.array(column, { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(columns, fc.boolean(), async (chosen, isFrame) => {
        const taken = [...new Set(chosen)].filter((at) => at !== null);
        const name = isFrame ? 'arranged_frame' : 'arranged';
        const args = { data: MIXED, columns: isFrame ? taken : chosen };
        const whole = await call(writingAll, name, args);
        for (const pool of [shared, inline]) {
          const table = await call(pool, name, args, pool);
          expect(seen(table)).toEqual(seen(whole));
          expect(mapped(table)).toBeLessThanOrEqual(mapped(whole) + 4_096);
          table.release();
        }
        whole.release();
      }),
      { numRuns: 20 },
    );
  });

  it('may have a name twice, of two types', async () => {
    const table = await call(shared, 'with_name_twice', { data: NUMBERS });
    const [first, added] = [0, table.numCols - 1].map((at) => table.getChildAt(at));
    expect(added?.get(5)).toBe(String(first?.get(5)));
    table.release();
  });

  it('holds them where Node wrote them for the call: they are not written twice', async () => {
    const table = await call(shared, 'arranged', { data: NUMBERS, columns: [0, null, 1] });
    const written = 800_000;
    expect(table.transfer.bytesMapped).toBeLessThan(3 * written + 5_000);
    expect(shared.status().memory.used).toBeGreaterThan(2 * written);
    expect([table.numRows, table.getChildAt(2)?.get(99_999)]).toEqual([100_000, -99_999]);
    expect(table.getChildAt(1)?.get(99_999)).toBe(99_999n);
    table.release();
    table.release();
    await until(() => shared.status().memory.used === 0);
  });

  it('gives that memory back when neither it nor a column is reachable', async () => {
    const column = async () =>
      (await call(shared, 'arranged', { data: NUMBERS, columns: [0, 1] })).getChildAt(1);
    let kept = await column();
    for (const _ of [1, 2, 3]) {
      await new Promise((go) => setTimeout(go, 10));
      collectGarbage();
    }
    expect(shared.status().memory.used).toBeGreaterThan(1_600_000);
    expect(kept?.get(99_999)).toBe(-99_999);
    kept = null;
    await until(() => {
      collectGarbage();
      return shared.status().memory.used === 0;
    });
  });

  it('keeps nothing of a call whose answer refers to less than half of it', async () => {
    const table = await call(shared, 'arranged', { data: MIXED, columns: [0] });
    await until(() => shared.status().memory.used === 0);
    expect(table.getChildAt(0)?.get(ROWS - 1)).toBe(ROWS - 1);
    table.release();
  });

  it('outlives the worker, and its memory is given back then too', async () => {
    const pool = await openPool(true);
    const table = await call(pool, 'arranged', { data: NUMBERS, columns: [1, null, 0] });
    await expect(call(pool, 'ends_worker', {})).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await until(() => pool.status().ready === 1);
    (await call(pool, 'arranged', { data: NUMBERS, columns: [null] })).release();
    const sent = 1_600_000;
    await until(() => pool.status().memory.used < 2 * sent);
    expect(pool.status().memory.used).toBeGreaterThan(sent);
    expect(table.getChildAt(0)?.get(99_999)).toBe(-99_999);
    await pool.close();
    expect(pool.status().memory.allocated).toBeGreaterThan(0);
    expect(table.getChildAt(0)?.get(50_000)).toBe(-50_000);
    table.release();
    expect(pool.status().memory).toMatchObject({ used: 0, allocated: 0 });
  });
});
