import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobRequest } from '../../ts/generated/api/job-request.js';
import { type Ended, runEtl } from './support/etl.js';
import { GOOD, HEADER, job, OTHER, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

const BAD_LINES = [
  '0,low@b.co,Low,,2024-01-01T00:00:00Z,,',
  'x,text@b.co,Text,,2024-01-01T00:00:00Z,,',
];
const GROUPS = {
  type: 'aggregate' as const,
  group_by: ['is_active'],
  aggregates: [{ name: 'users', function: 'count' as const }],
};

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder());
  server.write('mixed.csv', users([GOOD, OTHER, OTHER, ...BAD_LINES]));
  await server.ready();
});

/** Runs a job over the mixed users to its end. */
async function run(job_id: string, changes: Partial<JobRequest> = {}) {
  const source_path = './data/mixed.csv';
  const target_path = `./data/${job_id}.parquet`;
  await server.jobs.submit(
    job({ job_id, source_path, target_path, validation_mode: 'lenient', ...changes }),
  );
  return server.jobs.get(job_id, { wait: 30 });
}

async function answer(path: string, init?: RequestInit) {
  const response = await fetch(`${server.url}/api/v1/jobs/${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('GET /jobs/:id/report', () => {
  it('tells rows in and out and the time of every step, one after the other', async () => {
    const transformations = ['normalize' as const, 'deduplicate' as const, GROUPS];
    const ended = await run('steps', { transformations });
    const { status, body } = await answer('steps/report');
    expect(status).toBe(200);
    expect(body).toEqual(await server.jobs.report('steps'));
    const { job_id, state, attempt, error, counts, created_at, started_at, finished_at } = ended;
    const ofJob = { job_id, state, attempt, error, counts, created_at, started_at, finished_at };
    expect(body).toMatchObject(ofJob);

    const { steps, stages, duration_s } = await server.jobs.report('steps');
    const rows = new Map(steps.map(({ step, rows_in, rows_out }) => [step, [rows_in, rows_out]]));
    expect(rows.get('read')).toEqual([5, 5]);
    expect(rows.get('cast')).toEqual([5, 4]);
    expect(rows.get('validate')).toEqual([4, 3]);
    expect(rows.get('deduplicate')).toEqual([3, 2]);
    expect(rows.get('aggregate')).toEqual([2, 2]);
    expect(rows.get('write')).toEqual([2, 2]);
    for (const [at, { rows_in, seconds }] of steps.entries()) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      if (at > 0) expect(rows_in, 'no row is lost between steps').toBe(steps[at - 1]?.rows_out);
    }
    const onTheClock = stages.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(onTheClock).toBeLessThanOrEqual((duration_s ?? 0) + 0.01);
  });

  it('is not there while the job waits or runs, and says how to wait', async () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => GOOD.replace('1', String(at + 1)));
    server.write('big.csv', [HEADER, ...rows, ''].join('\n'));
    await server.jobs.submit(job({ job_id: 'big', source_path: './data/big.csv' }));
    const early = await answer('big/report');
    while ((await server.jobs.get('big')).state === 'queued') {
      await new Promise((next) => setTimeout(next, 5));
    }
    for (const { status, body } of [early, await answer('big/report')]) {
      expect(status).toBe(409);
      expect(body).toMatchObject({
        code: 'JOB_NOT_ENDED',
        detail: expect.stringContaining('?wait=60'),
      });
    }
    await server.jobs.get('big', { wait: 60 });
    expect((await answer('big/report')).status).toBe(200);
  });

  it('of a failed job goes as far as it read', async () => {
    const strict = { validation_mode: 'strict' as const, profile: true };
    const { error } = await run('refused', strict);
    expect((await answer('refused/report')).body).toMatchObject({
      state: 'failed',
      error,
      counts: { read: 5, written: 0, rejected: 2 },
      rejects: { records: 2, errors: 2 },
      profile: null,
    });
  });

  it('of a job that did not come to read has its error, and no rejects', async () => {
    server.write('empty.csv', '');
    await run('empty', { source_path: './data/empty.csv' });
    expect((await answer('empty/report')).body).toMatchObject({
      state: 'failed',
      error: { code: 'EMPTY_SOURCE' },
      counts: { read: 0 },
      profile: null,
    });
  });

  it('has the profile of what was published, where it was asked for', async () => {
    await run('plain');
    expect((await answer('plain/report')).body).toMatchObject({ profile: null });
    await run('profiled', { profile: true, target_type: 'csv', target_path: './data/p.csv' });
    const { profile } = await server.jobs.report('profiled');
    expect(profile?.rows).toBe(2);
    expect(profile?.columns.map(({ name }) => name)).toEqual(HEADER.split(','));
    const age = profile?.columns.find(({ name }) => name === 'age');
    expect(age).toMatchObject({ count: 1, nulls: 1, distinct: 1, min: 36, max: 36, mean: 36 });
  });

  it('is refused for a job that is not known, another method, and options', async () => {
    expect(await answer('nobody/report')).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND', detail: expect.stringContaining('nobody') },
    });
    expect(await answer('steps/report', { method: 'POST' })).toMatchObject({ status: 405 });
    expect(await answer('steps/report?full=1')).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });
});

const etl = (command: string, ...args: string[]): Promise<Ended> =>
  runEtl(server.folder, [command, ...args, '--server', server.url]);

describe('etl report', () => {
  it('shows the report of a job of the server, and all of it as JSON', async () => {
    await run('shown', { profile: true });
    const { code, stdout, stderr } = await etl('report', 'shown');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [headline, pace, ...lines] = stdout.split('\n');
    expect(headline).toBe(
      'shown succeeded: read 5, written 2, rejected 2, filtered 0, deduplicated 1',
    );
    expect(pace).toMatch(/^in \d+\.\d{3} s \(extract .*\): \d+ records\/s, \d+\.\d MB\/s$/);
    expect(lines.join('\n')).toMatch(/^validate +4 +3 +\d+\.\d{3}$/m);
    expect(lines.join('\n')).toMatch(/^ +1 +validate +too_small +id +row 3: .*not 0$/m);
    expect(lines.join('\n')).toMatch(/^age +int64 +1 +1 +1 +36 +36 +36 +36 \(1\)$/m);

    const json = await etl('report', 'shown', '--json');
    expect(JSON.parse(json.stdout)).toEqual(await server.jobs.report('shown'));
  });

  it('says of a job that failed why it did', async () => {
    const ended = await run('failing', { validation_mode: 'strict' });
    const { code, stdout } = await etl('report', 'failing');
    const [headline, reason] = stdout.split('\n');
    expect({ code, headline }).toMatchObject({
      code: 0,
      headline: expect.stringMatching(/^failing failed: read 5, written 0, rejected 2/),
    });
    expect(reason).toBe(`VALIDATION_FAILED: ${ended.error?.detail}`);
  });

  it('ends by 2 for a job that is not known, and by 5 where no server answers', async () => {
    expect(await etl('report', 'nobody')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'etl: JOB_NOT_FOUND: There is no job nobody.\n',
    });
    const nowhere = ['report', 'shown', '--server', 'http://127.0.0.1:9'];
    expect(await runEtl(server.folder, nowhere)).toMatchObject({ code: 5, stdout: '' });
  });
});

describe('etl run', () => {
  it('ends with the report of its job, also when that failed', async () => {
    const request = job({ job_id: 'here', source_path: './data/mixed.csv', profile: true });
    const file = server.write('here.json', JSON.stringify(request));
    const { code, stdout } = await runEtl(server.folder, ['run', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^here failed: read 5, written 0, rejected 2/);
    expect(stdout).toMatch(/^cast +5 +4 +\d/m);
    expect(stdout).toMatch(/^ +1 +cast +cannot_cast +id +row 4: .*"x"$/m);
    expect(stdout, 'nothing was published').not.toMatch(/^column/m);
  });
});

describe('a server that starts again', () => {
  it('still has the reports, and tells of a job without one what the job itself tells', async () => {
    await run('before');
    const report = await server.jobs.report('before');
    const without = await run('without');
    const { job_id, state, attempt, error, counts, created_at, started_at, finished_at } = without;
    await server.kill('SIGTERM');
    rmSync(server.path('.etl/jobs/without'), { recursive: true });
    server = await ServerProcess.start(server.folder);
    expect(await server.jobs.report('before')).toEqual(report);
    expect(await server.jobs.report('without')).toEqual({
      job_id,
      state,
      attempt,
      error,
      counts,
      created_at,
      started_at,
      finished_at,
      duration_s: null,
      bytes_read: report.bytes_read,
      records_per_s: null,
      bytes_per_s: null,
      stages: [],
      steps: [],
      rejects: null,
      profile: null,
    });
    const { code, stdout } = await etl('report', 'without');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'without succeeded: read 5, written 2, rejected 2, filtered 0, deduplicated 1\n',
    });
  });
});
