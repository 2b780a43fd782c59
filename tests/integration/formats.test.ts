import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Pipeline } from 'etl-polyglot';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobRequest } from '../../ts/generated/api/job-request.js';
import type { Job } from '../../ts/jobs/resource.js';
import { runEtl } from './support/etl.js';
import { job, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';
import { readTables, writeParquet } from './support/tables.js';

let server: ServerProcess;
let jobs = 0;

/** Users as JSON has them, and as lines of CSV that say the same. */
const ADA = {
  id: 1,
  email: 'ada@example.com',
  name: 'Ada, "Countess"',
  age: 36,
  created_at: '2024-01-01T00:00:00.5Z',
  is_active: true,
  tags: ['a', 'é'],
};
const BOB = { id: 2, email: 'bob@example.com', name: 'Bób 😀', created_at: '2024-01-02T00:00:00Z' };
const EVE = { ...ADA, id: 3, name: 'two\nlines', age: 0, is_active: false, tags: ['b'] };
const USERS = [ADA, BOB, EVE];
const LINES = [
  '1,ada@example.com,"Ada, ""Countess""",36,2024-01-01T01:00:00.5+01:00,true,a|é',
  '2,bob@example.com,Bób 😀,,2024-01-02T00:00:00Z,,',
  '3,ada@example.com,"two\nlines",0,2024-01-01T00:00:00.5Z,false,b',
];
const BAD_LINES = ['0,x@y.zz,Low,,2024-01-01T00:00:00Z,,', 'x,x@y.zz,No,,2024-01-01T00:00:00Z,,'];

/** The first columns of CSV, as text. */
const TEXTS = USERS.map(({ id, email, name }) => ({ id: String(id), email, name }));

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder());
  server.write('users.csv', users(LINES));
  server.write('users.json', JSON.stringify(USERS));
  await server.ready();
});

/** A job from one file of `data/` to another. */
function from(source: string, target: string, changes: Partial<JobRequest> = {}): JobRequest {
  jobs += 1;
  return job({
    job_id: `formats_${jobs}`,
    source_type: typeOf(source),
    source_path: `./data/${source}`,
    target_type: typeOf(target),
    target_path: `./data/${target}`,
    transformations: [],
    ...changes,
  });
}

function typeOf(file: string): JobRequest['target_type'] {
  return file.replace(/^.*\./, '').replace('arrows', 'arrow') as JobRequest['target_type'];
}

/** Runs a job on the server to its end. */
async function run(request: JobRequest): Promise<Job> {
  const { job_id } = await server.jobs.submit(request);
  return server.jobs.get(job_id, { wait: 30 });
}

/** Runs a job that must succeed; gives what it published. */
async function published(...given: Parameters<typeof from>): Promise<Buffer> {
  const ended = await run(from(...given));
  expect(ended).toMatchObject({ state: 'succeeded', error: null });
  return readFileSync(server.path(ended.request.target_path));
}

const parsed = (lines: Buffer) =>
  String(lines)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('a job from', () => {
  it('CSV to NDJSON gives an object a line, in JSON’s own types', async () => {
    expect(parsed(await published('users.csv', 'out.ndjson'))).toEqual(USERS);
  });

  it('CSV to JSON gives one array', async () => {
    expect(JSON.parse(String(await published('users.csv', 'out.json')))).toEqual(USERS);
  });

  it('CSV to CSV gives what pandas reads, and gives it again of itself', async () => {
    const first = await published('users.csv', 'out.csv');
    const [read] = readTables(server.path('data/out.csv'));
    expect(read?.rows).toMatchObject(TEXTS);
    expect(read?.rows.map(({ age, tags }) => [age, tags])).toEqual([
      ['36', '["a","é"]'],
      ['', ''],
      ['0', '["b"]'],
    ]);
    expect(await published('out.csv', 'again.csv')).toEqual(first);
  });

  it('a JSON array to Arrow gives typed columns, and Arrow to CSV the CSV of the source', async () => {
    await published('users.json', 'out.arrow');
    await published('users.json', 'out.arrows');
    const tables = readTables(server.path('data/out.arrow'), server.path('data/out.arrows'));
    const rows = USERS.map((user) => ({
      ...{ age: null, is_active: null, tags: null },
      ...user,
      created_at: expect.stringMatching(/^2024-01-0\dT00:00:00(\.500000)?\+00:00$/),
    }));
    for (const table of tables) {
      expect(table.types).toMatchObject({
        id: 'int64',
        email: 'string',
        created_at: 'timestamp[us, tz=UTC]',
        is_active: 'bool',
        tags: expect.stringMatching(/^list<.*string>$/),
      });
      expect(table.rows).toEqual(rows);
    }
    const csv = await published('users.csv', 'straight.csv');
    expect(await published('out.arrow', 'from-file.csv')).toEqual(csv);
    expect(await published('out.arrows', 'from-stream.csv')).toEqual(csv);
  });

  it('Parquet of pyarrow to NDJSON keeps the first or the last of equal keys', async () => {
    writeParquet(server.path('data/users.parquet'), USERS);
    for (const [keep, kept] of [
      ['first', [ADA, BOB]],
      ['last', [BOB, EVE]],
    ] as const) {
      const transformations = [{ type: 'deduplicate' as const, key: ['email'], keep }];
      const lines = await published('users.parquet', `${keep}.ndjson`, { transformations });
      expect(parsed(lines)).toEqual(kept);
    }
    const grouped = await published('users.parquet', 'groups.ndjson', {
      transformations: [
        {
          type: 'aggregate',
          group_by: ['email'],
          aggregates: [
            { name: 'users', function: 'count' },
            { name: 'ages', function: 'sum', column: 'age' },
            { name: 'newest', function: 'max', column: 'created_at' },
          ],
        },
      ],
    });
    expect(parsed(grouped)).toEqual([
      { email: ADA.email, users: 2, ages: 36, newest: ADA.created_at },
      { email: BOB.email, users: 1, newest: BOB.created_at },
    ]);
    const [read] = readTables(server.path('data/groups.ndjson'));
    expect(read?.rows.map(({ users }) => users)).toEqual([2, 1]);
  });
});

describe('etl run', () => {
  it('publishes the bytes that the server publishes', async () => {
    for (const [source, target] of [
      ['users.csv', 'by-cli.ndjson'],
      ['users.json', 'by-cli.arrow'],
    ] as const) {
      const expected = await published(source, target);
      const file = server.write('by-cli.json', JSON.stringify(from(source, target)));
      const { code, stderr } = await runEtl(server.folder, ['run', file]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(readFileSync(server.path(`data/${target}`))).toEqual(expected);
      const kept = readdirSync(server.path(`data/.etl-versions/${target}`));
      expect(kept, 'the file of the server was replaced').toHaveLength(1);
    }
  });
});

describe('a pipeline', () => {
  it('publishes the bytes that a job publishes, in each of the formats', async () => {
    const latest = { type: 'deduplicate' as const, key: ['email'], keep: 'last' as const };
    const transformations = ['normalize' as const, latest];
    const settings = { ETL_STATE_DIR: server.path('.etl-library') };
    for (const extension of ['csv', 'json', 'ndjson', 'arrow']) {
      const expected = await published('users.json', `of-job.${extension}`, { transformations });
      const target = server.path(`data/of-pipeline.${extension}`);
      const options = { schema: 'user', transformations, target, workers: 1, settings } as const;
      await using pipeline = await Pipeline.open(options);
      await pipeline.save([ADA, BOB]);
      await pipeline.save([EVE]);
      await pipeline.finish();
      expect(readFileSync(target), extension).toEqual(expected);
    }
  });
});

describe('a target that exists', () => {
  it('is replaced, and its version is kept, in every format', async () => {
    for (const target of ['kept.csv', 'kept.json', 'kept.ndjson', 'kept.arrow']) {
      const before = await published('users.json', target);
      const transformations = [{ type: 'deduplicate' as const, key: ['email'] }];
      const after = await published('users.json', target, { transformations });
      expect(after).not.toEqual(before);
      const versions = server.path(`data/.etl-versions/${target}`);
      const [version = ''] = readdirSync(versions);
      expect(readFileSync(`${versions}/${version}`)).toEqual(before);
    }
  });

  it('is refused under fail, and stays as it is', async () => {
    const before = await published('users.csv', 'once.ndjson');
    const again = from('users.csv', 'once.ndjson', { if_exists: 'fail' });
    const response = await server.post('/api/v1/jobs', again);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'TARGET_EXISTS' });
    expect(readFileSync(server.path('data/once.ndjson'))).toEqual(before);
  });

  it('stays as it is when the job that would replace it fails', async () => {
    server.write('bad.csv', users([...LINES, ...BAD_LINES]));
    for (const target of ['stays.ndjson', 'stays.csv', 'stays.json', 'stays.arrow']) {
      const before = await published('users.csv', target);
      const ended = await run(from('bad.csv', target));
      expect(ended).toMatchObject({
        state: 'failed',
        error: { code: 'VALIDATION_FAILED' },
        output: null,
        counts: { read: 5, written: 0, rejected: 2 },
      });
      expect(readFileSync(server.path(`data/${target}`))).toEqual(before);
    }
    expect(readdirSync(server.path('data')).filter((name) => name.endsWith('.staged'))).toEqual([]);
    expect(existsSync(server.path('data/.etl-versions/stays.ndjson'))).toBe(false);
  });
});

describe('bad records', () => {
  it('are counted, kept with their place, and reported by code and field', async () => {
    server.write('bad.csv', users([...LINES, ...BAD_LINES]));
    for (const target of ['good.ndjson', 'good.csv', 'good.json', 'good.arrow']) {
      const ended = await run(from('bad.csv', target, { validation_mode: 'lenient' }));
      expect(ended).toMatchObject({
        state: 'succeeded',
        counts: { read: 5, written: 3, rejected: 2, filtered: 0, deduplicated: 0 },
        output: { rows: 3 },
      });
      // The third user stands on two lines.
      const { rejects } = await server.jobs.rejects(ended.job_id);
      expect(rejects.map(({ line, code }) => [line, code])).toEqual([
        [6, 'too_small'],
        [7, 'cannot_cast'],
      ]);
      const report = await server.jobs.report(ended.job_id);
      expect(report.rejects).toMatchObject({ records: 2, errors: 2 });
      expect(report.rejects?.kinds.map(({ code, field }) => [code, field])).toEqual([
        ['cannot_cast', 'id'],
        ['too_small', 'id'],
      ]);
      expect(report.steps.at(-1)).toMatchObject({ step: 'write', rows_in: 3, rows_out: 3 });
    }
  });

  it('that are too many fail the job, and nothing is published', async () => {
    server.write('bad.csv', users([...LINES, ...BAD_LINES]));
    const limited = { validation_mode: 'lenient' as const, max_errors: 1 };
    const ended = await run(from('bad.csv', 'limited.json', limited));
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'TOO_MANY_REJECTS' } });
    expect(existsSync(server.path('data/limited.json'))).toBe(false);
  });
});
