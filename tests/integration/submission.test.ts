import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { GOOD, job, OTHER, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder());
  await server.ready();
});

const submit = (body: object, headers?: Record<string, string>) =>
  server.post('/api/v1/jobs', body, headers);

it('gives the same job for the same request, even when its source is gone by then', async () => {
  const request = job({ job_id: 'same', source_path: server.write('same.csv', users([GOOD])) });
  expect((await submit(request)).status).toBe(202);
  const first = await server.jobs.get('same', { wait: 30 });
  expect(first.state).toBe('succeeded');
  rmSync(server.path('data/same.csv'));

  const { batch_size, ...rest } = request;
  const again = await submit({ if_exists: 'replace', ...rest, batch_size });
  expect(again.status).toBe(200);
  expect(again.headers.get('location')).toBe('/api/v1/jobs/same');
  expect(await again.json()).toEqual(first);
});

it('refuses the same job_id with another request, and leaves the job alone', async () => {
  await submit(job({ job_id: 'taken' }));
  const first = await server.jobs.get('taken', { wait: 30 });
  const response = await submit(job({ job_id: 'taken', validation_mode: 'lenient' }));
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: 'JOB_CONFLICT', job_id: 'taken' });
  expect(await server.jobs.get('taken')).toEqual(first);
});

it('takes the Idempotency-Key in place of a job_id', async () => {
  const { job_id: _, ...request } = job();
  const key = { 'Idempotency-Key': 'abc' };
  const first = await submit(request, key);
  const { job_id } = (await first.json()) as { job_id: string };
  expect(first.status).toBe(202);
  expect(job_id).toMatch(/^job_[0-9a-f-]{36}$/);

  const again = await submit(request, key);
  expect(again.status).toBe(200);
  expect(await again.json()).toMatchObject({ job_id });
  expect((await submit({ ...request, batch_size: 7 }, key)).status).toBe(409);
  expect((await submit({ ...request, job_id: 'another' }, key)).status).toBe(409);
});

it('makes one job of the same request sent many times at once', async () => {
  const request = job({ job_id: 'crowd', target_path: './data/output/crowd.parquet' });
  const responses = await Promise.all(Array.from({ length: 10 }, () => submit(request)));
  const statuses = responses.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array<number>(9).fill(200), 202]);
  expect((await server.jobs.get('crowd', { wait: 30 })).attempt).toBe(1);
});

it('waits for the end of a job when asked to, and answers at once when it has ended', async () => {
  await submit(job({ job_id: 'waited' }));
  expect((await server.jobs.get('waited', { wait: 30 })).state).toBe('succeeded');
  const begun = Date.now();
  await server.jobs.get('waited', { wait: 30 });
  expect(Date.now() - begun).toBeLessThan(1_000);
});

it('lists jobs newest first, page by page', async () => {
  const target_path = './data/output/listed.parquet';
  for (const job_id of ['list_1', 'list_2', 'list_3']) await submit(job({ job_id, target_path }));
  await server.jobs.get('list_3', { wait: 30 });
  const page = async (query: string) => {
    const response = await fetch(`${server.url}/api/v1/jobs?${query}`);
    return (await response.json()) as { jobs: { job_id: string }[]; next_cursor: string };
  };
  const first = await page('limit=2&state=succeeded');
  expect(first.jobs.map(({ job_id }) => job_id)).toEqual(['list_3', 'list_2']);
  const second = await page(`limit=1&cursor=${first.next_cursor}`);
  expect(second.jobs.map(({ job_id }) => job_id)).toEqual(['list_1']);
});

it('keeps the version that a job replaced, and only that one', async () => {
  const target_path = './data/output/kept.parquet';
  const bytes: Buffer[] = [];
  for (const [at, rows] of [[GOOD], [GOOD, OTHER], [OTHER]].entries()) {
    const source_path = server.write(`kept_${at}.csv`, users(rows));
    await submit(job({ job_id: `kept_${at}`, source_path, target_path }));
    const { output } = await server.jobs.get(`kept_${at}`, { wait: 30 });
    expect(output?.version).toBe(`kept_${at}.1`);
    bytes.push(readFileSync(server.path(target_path)));
  }
  const kept = server.path('data/output/.etl-versions/kept.parquet');
  expect(readdirSync(kept)).toEqual(['kept_1.1']);
  expect(readFileSync(`${kept}/kept_1.1`).equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
});

it('runs a job whose id is the name of an event', async () => {
  await submit(job({ job_id: 'error' }));
  expect((await server.jobs.get('error', { wait: 30 })).state).toBe('succeeded');
});

it('gives the report of a job that has ended, with the profile that was asked for', async () => {
  const source_path = server.write('reported.csv', users([GOOD, OTHER, 'x,bad']));
  await submit(job({ job_id: 'reported', source_path, validation_mode: 'lenient', profile: true }));
  const { counts } = await server.jobs.get('reported', { wait: 30 });
  const report = await server.jobs.report('reported');
  expect(report).toMatchObject({ job_id: 'reported', state: 'succeeded', attempt: 1, counts });
  expect(report.steps[0]).toMatchObject({ step: 'read', rows_in: 3 });
  expect(report.rejects?.kinds[0]?.samples[0]).toMatchObject({ index: 2 });
  expect(report.profile?.columns[0]).toMatchObject({ name: 'id', count: 2, distinct: 2 });

  const absent = await fetch(`${server.url}/api/v1/jobs/absent/report`);
  expect(absent.status).toBe(404);
  expect(await absent.json()).toMatchObject({ code: 'JOB_NOT_FOUND' });
});
