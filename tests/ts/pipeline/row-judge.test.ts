import { describe, expect, it } from 'vitest';
import { capacityOf } from '../../../ts/bridge/body.js';
import type { CallOptions } from '../../../ts/bridge/call.js';
import { BUILT_IN } from '../../../ts/generated/records/index.js';
import { type Log, openLog } from '../../../ts/observability/log.js';
import type { PythonCaller } from '../../../ts/pipeline/layers.js';
import { RowJudge, type ValidationMode } from '../../../ts/pipeline/row-judge.js';
import type { RecordSchema } from '../../../ts/schema/registry.js';
import { type ErrorRecord, validateRows } from '../../../ts/schema/validate.js';

const user = BUILT_IN.user;
if (!user) throw new Error('the schema user is built in');
const schema: RecordSchema = { name: 'user', ...user };

const good = { id: 1, email: 'a@b.co', name: 'Secret', created_at: '2024-01-01T00:00:00Z' };
const bad = { ...good, id: 0 };

interface PythonVerdict {
  errors: ErrorRecord[];
  invalid_indices: number[];
  rule_indices?: number[];
}

/** Python's verdicts, call by call: real workers always agree, and answer in order. */
function python(verdicts: Promise<PythonVerdict>[], asked: CallOptions[] = []): PythonCaller {
  return {
    call: async <T>(_method: string, _params: object, options: CallOptions = {}) => {
      asked.push(options);
      const answer = await verdicts.shift();
      const { errors = [], invalid_indices = [], rule_indices = [] } = answer ?? {};
      return {
        value: { truncated: false, invalid_indices, rule_indices, duration_ms: 1 } as T,
        body: errors.length > 0 ? Buffer.from(JSON.stringify(errors)) : undefined,
        transfer: { path: 'inline' as const, bytesMapped: 0, bytesCopied: 0 },
        release: () => undefined,
      };
    },
  };
}

const verdict = (errors: ErrorRecord[], invalid_indices: number[]): PythonVerdict => {
  return { errors, invalid_indices };
};

const errorsOf = (row: unknown, index: number) =>
  validateRows(schema, [row], { maxErrors: 9, firstIndex: index }).errors;

const aRuleError = (index: number): ErrorRecord => ({
  index,
  path: '/age',
  field: 'age',
  code: 'business_rule',
  message: 'must be of age',
  keyword: 'rule',
  expected: 'adults_only',
});

function judge(
  pool: PythonCaller | undefined,
  options: { mode?: ValidationMode; maxErrors?: number; log?: Log; signal?: AbortSignal } = {},
): RowJudge {
  const { mode = 'dual', maxErrors = 100, log = openLog('silent', 2) } = options;
  const { signal = new AbortController().signal } = options;
  return new RowJudge({ schema, mode, maxErrors, pool, log, signal });
}

describe('rows that both layers judge', () => {
  it('have each error once where the layers agree', async () => {
    const rows = judge(python([Promise.resolve(verdict(errorsOf(bad, 1), [1]))]));
    await rows.push([good, bad]);
    expect(await rows.finish()).toMatchObject({
      total: 2,
      invalid: 1,
      errors: errorsOf(bad, 1),
      disagreements: 0,
      layers: { zod: { valid_records: 1 }, pydantic: { valid_records: 1 } },
    });
  });

  it('are invalid when one layer refuses them; it is logged and counted, without values', async () => {
    const lines: string[] = [];
    const log = openLog('info', { write: (line) => void lines.push(line) });
    const rows = judge(python([Promise.resolve(verdict(errorsOf(bad, 0), [0]))]), { log });
    await rows.push([good, bad]);
    expect(await rows.finish()).toMatchObject({
      invalid: 2,
      errors: [{ index: 0 }, { index: 1 }],
      disagreements: 2,
      layers: { zod: { valid_records: 1 }, pydantic: { valid_records: 1 } },
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        severity: 'ERROR',
        event: 'validation.disagreement',
        rows: 2,
        refused_by_zod_only: [1],
        refused_by_pydantic_only: [0],
      },
    ]);
    expect(lines.join()).not.toContain('Secret');
  });

  it('keep the order of their errors when a later batch is answered first', async () => {
    let answerFirst: (value: PythonVerdict) => void = () => undefined;
    const first = new Promise<PythonVerdict>((resolve) => {
      answerFirst = resolve;
    });
    const rows = judge(python([first, Promise.resolve(verdict(errorsOf(bad, 1), [1]))]));
    await rows.push([bad]);
    const pushed = rows.push([bad]).then(() => rows.refuse((index) => ({ ...anError, index })));
    setTimeout(() => answerFirst(verdict(errorsOf(bad, 0), [0])), 10);
    await pushed;
    const { errors, invalid } = await rows.finish();
    expect(errors.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(invalid).toBe(3);
  });

  it('are invalid when business rules refuse them; only Pydantic counts that, and nobody disagrees', async () => {
    const lines: string[] = [];
    const log = openLog('info', { write: (line) => void lines.push(line) });
    const errors = [...errorsOf(bad, 0), aRuleError(2)];
    const answer = { errors, invalid_indices: [0, 2], rule_indices: [2] };
    const rows = judge(python([Promise.resolve(answer)]), { log });
    await rows.push([bad, good, good]);
    expect(await rows.finish()).toMatchObject({
      total: 3,
      invalid: 2,
      errors,
      disagreements: 0,
      layers: { zod: { valid_records: 2 }, pydantic: { valid_records: 1 } },
    });
    expect(lines).toEqual([]);
  });

  it('disagree when Zod refuses what only a rule refuses in Python', async () => {
    const answer = { errors: [aRuleError(0)], invalid_indices: [0], rule_indices: [0] };
    const rows = judge(python([Promise.resolve(answer)]));
    await rows.push([bad]);
    expect(await rows.finish()).toMatchObject({
      invalid: 1,
      errors: [aRuleError(0), ...errorsOf(bad, 0)],
      disagreements: 1,
    });
  });

  it('fail as a whole when Python fails', async () => {
    const rows = judge(python([Promise.reject(new Error('the worker died'))]));
    await rows.push([good]);
    await expect(rows.finish()).rejects.toThrow('the worker died');
  });
});

describe('many rows that Zod judges', () => {
  const rows = Array.from({ length: 20_000 }, () => bad);

  it('let the process do other things meanwhile', async () => {
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    const judging = judge(undefined, { mode: 'zod' });
    await judging.push(rows);
    expect(await judging.finish()).toMatchObject({ total: 20_000, invalid: 20_000 });
    clearInterval(other);
    expect(turns).toBeGreaterThan(5);
  });

  it('are judged no further when the caller goes away', async () => {
    const caller = new AbortController();
    const judging = judge(undefined, { mode: 'zod', signal: caller.signal });
    setImmediate(() => caller.abort());
    await expect(judging.push(rows).then(() => judging.finish())).rejects.toThrow('aborted');
  });
});

describe('a call to Python', () => {
  it('has a deadline, so that a worker that hangs is replaced', async () => {
    const asked: CallOptions[] = [];
    const judging = judge(python([Promise.resolve(verdict([], []))], asked));
    await judging.push([good]);
    await judging.finish();
    expect(asked).toMatchObject([{ silenceMs: 60_000 }]);
  });

  it('has fewer rows the more columns they have: their bytes must fit a frame', async () => {
    const [column] = schema.layout.columns;
    if (!column) throw new Error('the schema has columns');
    const columns = Array.from({ length: 1_000 }, (_, at) => ({ ...column, name: `c${at}` }));
    const wide = { ...schema, layout: { ...schema.layout, columns } };
    const asked: CallOptions[] = [];
    const pool = python([], asked);
    const judging = new RowJudge({
      ...{ schema: wide, mode: 'pydantic', maxErrors: 0, pool },
      ...{ log: openLog('silent', 2), signal: new AbortController().signal },
    });
    await judging.push(Array.from({ length: 3_000 }, () => ({})));
    expect(await judging.finish()).toMatchObject({ total: 3_000 });
    expect(asked.length).toBeGreaterThan(2);
    for (const { body } of asked) expect(body && capacityOf(body)).toBeLessThan(2 ** 25);
  });
});

const [anError = {} as ErrorRecord] = errorsOf(bad, 0);

describe('the list of errors', () => {
  it('is cut at maxErrors; the counts are exact', async () => {
    const rows = judge(undefined, { mode: 'zod', maxErrors: 3 });
    await rows.push([bad, bad]);
    await rows.push([bad, bad, good]);
    const { errors, invalid, truncated, total } = await rows.finish();
    expect({ total, invalid, truncated }).toEqual({ total: 5, invalid: 4, truncated: true });
    expect(errors.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('is not called cut when it has exactly maxErrors', async () => {
    const rows = judge(undefined, { mode: 'zod', maxErrors: 2 });
    await rows.push([bad, bad, good]);
    expect(await rows.finish()).toMatchObject({ invalid: 2, truncated: false });
  });

  it('is empty for no rows', async () => {
    const rows = judge(python([]));
    await rows.push([]);
    expect(await rows.finish()).toMatchObject({ total: 0, invalid: 0, errors: [] });
  });
});
