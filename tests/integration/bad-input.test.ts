import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeRows } from '../../ts/cli/judge-rows.js';
import type { JobRequest } from '../../ts/generated/api/job-request.js';
import { BUILT_IN } from '../../ts/generated/records/index.js';
import type { Job } from '../../ts/jobs/resource.js';
import { openLog } from '../../ts/observability/log.js';
import { preview } from '../../ts/preview.js';
import { GOOD, HEADER, job, OTHER, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

let server: ServerProcess;
let count = 0;

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder());
  await server.ready();
});

/** Runs a job on a CSV file with this content to its end, by default into a target of its own. */
async function run(content: string | Buffer, changes: Partial<JobRequest> = {}): Promise<Job> {
  count++;
  const name = `job_${count}`;
  const source_path = server.write(`${name}.csv`, content);
  const target_path = `./data/output/${name}.parquet`;
  const request = job({ job_id: name, source_path, target_path, ...changes });
  await server.jobs.submit(request);
  return server.jobs.get(name, { wait: 30 });
}

const rejectsOf = async ({ job_id }: Job) => (await server.jobs.rejects(job_id)).rejects;
const target = ({ request }: Job) => server.path(request.target_path);

describe('a file', () => {
  it('of 0 bytes fails the job', async () => {
    const ended = await run('');
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'EMPTY_SOURCE' } });
    expect(existsSync(target(ended))).toBe(false);
  });

  it('with a header alone succeeds with 0 rows and a typed output', async () => {
    const ended = await run(users([]));
    expect(ended).toMatchObject({
      state: 'succeeded',
      counts: { read: 0, written: 0 },
      output: { rows: 0 },
    });
    expect(await preview(target(ended))).toEqual([]);
  });

  it.each([
    ['a missing column', 'id,email,name,age,is_active,tags', 'created_at'],
    ['an extra column', `${HEADER},extra`, 'extra'],
    ['a renamed column', HEADER.replace('email', 'e_mail'), "did you mean 'email'"],
  ])('with %s fails the job at once', async (_, header, reason) => {
    const ended = await run(users([], header));
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'COLUMNS_MISMATCH' } });
    expect(ended.error?.detail).toContain(reason);
    expect(ended.error?.detail).toContain('./data/');
    expect(existsSync(target(ended))).toBe(false);
  });

  it('of another format than it is said to be fails the job', async () => {
    const ended = await run('no parquet', { source_type: 'parquet' });
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'INPUT_CORRUPT' } });
  });

  it.each([
    ['ndjson', '{"id":1,"email":"a@b.co","name":"A","created_at":"2024-01-01T00:00:00Z"}\n'],
    ['json', '[{"id":1,"email":"a@b.co","name":"A","created_at":"2024-01-01T00:00:00Z"}]'],
  ] as const)('may be %s', async (source_type, content) => {
    const ended = await run(content, { source_type });
    expect(ended).toMatchObject({ state: 'succeeded', counts: { read: 1, written: 1 } });
    expect(await preview(target(ended))).toMatchObject([{ id: 1, email: 'a@b.co' }]);
  });
});

const BAD_CAST = 'x2,carl@example.com,Carl,1,2024-01-01T00:00:00Z,true,';
const BAD_CHECK = '3,not an address,Dora,1,2024-01-01T00:00:00Z,true,';

describe.each([
  ['that cannot be cast', BAD_CAST, { stage: 'cast', path: '/id' }],
  ['that fails its check', BAD_CHECK, { stage: 'validate', path: '/email', keyword: 'format' }],
])('a row %s', (_, bad, reason) => {
  it('fails a strict job: nothing new at the target, the rejects readable', async () => {
    const before = await run(users([GOOD]));
    const bytes = readFileSync(target(before));
    const { target_path } = before.request;

    const ended = await run(users([GOOD, bad, OTHER]), { target_path });
    expect(ended).toMatchObject({
      state: 'failed',
      error: { code: 'VALIDATION_FAILED' },
      counts: { written: 0, rejected: 1 },
      output: null,
    });
    expect(ended.error?.detail).toContain(`GET /api/v1/jobs/${ended.job_id}/rejects`);
    expect(readFileSync(target(before)).equals(bytes)).toBe(true);
    expect(await rejectsOf(ended)).toMatchObject([{ index: 1, line: 3, raw: bad, ...reason }]);
  });

  it('is counted and kept by a lenient job, which publishes the others', async () => {
    const ended = await run(users([GOOD, bad, OTHER]), { validation_mode: 'lenient' });
    expect(ended).toMatchObject({
      state: 'succeeded',
      counts: { read: 3, written: 2, rejected: 1, filtered: 0, deduplicated: 0 },
      output: { rows: 2 },
    });
    expect(await rejectsOf(ended)).toMatchObject([
      {
        index: 1,
        line: 3,
        byte_offset: HEADER.length + GOOD.length + 2,
        raw: bad,
        message: expect.any(String),
        ...reason,
      },
    ]);
    expect(await preview(target(ended))).toMatchObject([{ id: 1 }, { id: 2 }]);
  });
});

describe('the rejects of a job', () => {
  const many = Array.from({ length: 250 }, (_, at) => `${at + 1},nobody,N,,2024-01-01T00:00:00Z,,`);

  it('are given page by page, and as NDJSON in one go', async () => {
    const ended = await run(users(many), { validation_mode: 'lenient' });
    expect(ended.counts).toMatchObject({ read: 250, rejected: 250 });
    const indices: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page = await server.jobs.rejects(ended.job_id, {
        limit: 100,
        ...(cursor && { cursor }),
      });
      indices.push(...page.rejects.map(({ index }) => index));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(indices).toEqual(many.map((_, at) => at));

    const response = await fetch(`${server.url}/api/v1/jobs/${ended.job_id}/rejects`, {
      headers: { Accept: 'application/x-ndjson' },
    });
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).index)).toEqual(indices);
  });

  it('are as many as max_errors in a strict job', async () => {
    const ended = await run(users(many), { max_errors: 10 });
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'VALIDATION_FAILED' } });
    expect(await rejectsOf(ended)).toHaveLength(10);
  });

  it.each([{ max_errors: 249 }, { max_error_rate: 0.9 }])(
    'are more than a lenient job allows: %j',
    async (budget) => {
      const ended = await run(users(many), { validation_mode: 'lenient', ...budget });
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'TOO_MANY_REJECTS' } });
      expect(existsSync(target(ended))).toBe(false);
    },
  );
});

describe('etl validate and a job', () => {
  const text = '{"id":1,"email":"a@b.co","name":"A","created_at":"2024-01-01T00:00:00Z"}';
  const bom = '\ufeff';

  /** How many records `etl validate` refuses, or the code by which it refuses the file. */
  async function refused(file: string, format: 'json' | 'ndjson'): Promise<number | string> {
    const options = {
      schema: { name: 'user', ...BUILT_IN.user },
      mode: 'zod',
      maxErrors: 9,
    } as const;
    const context = { pool: undefined, signal: new AbortController().signal };
    const log = openLog('silent', 2);
    const judging = judgeRows(server.path(file), format, { ...options, ...context, log });
    return judging.then(
      ({ invalid }) => invalid,
      ({ code }) => code,
    );
  }

  it.each([
    ['json', text, 'INPUT_CORRUPT'],
    ['json', '[]', 0],
    ['json', `${bom}[${text}]`, 0],
    ['json', bom, 'INPUT_CORRUPT'],
    ['json', `[${text}, 7]`, 1],
    ['json', '', 'EMPTY_SOURCE'],
    ['ndjson', '', 'EMPTY_SOURCE'],
    ['ndjson', '\n', 0],
    ['ndjson', bom, 0],
    ['ndjson', `${bom}${text}\r\n \t\n${text}`, 0],
    ['ndjson', `${text}\n${bom}${text}\n{`, 2],
  ] as const)('agree on the %s file %j', async (source_type, content, expected) => {
    const { request, counts, error } = await run(content, { source_type });
    expect(error && counts.rejected === 0 ? error.code : counts.rejected).toBe(expected);
    expect(await refused(request.source_path, source_type)).toBe(expected);
  });
});
