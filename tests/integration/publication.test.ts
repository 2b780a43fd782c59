import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOOD, job, OTHER, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder(), { ETL_WORKERS: '2' });
  await server.ready();
});

const digest = (path: string) =>
  createHash('sha256')
    .update(readFileSync(server.path(path)))
    .digest('hex');

describe('two jobs at once', () => {
  it('at one target: both succeed, the later one stands there, the earlier one is kept', async () => {
    const target_path = './data/output/shared.parquet';
    const ids = ['one', 'other'];
    for (const [at, job_id] of ids.entries()) {
      const source_path = server.write(`${job_id}.csv`, users([at === 0 ? GOOD : OTHER]));
      await server.jobs.submit(job({ job_id, source_path, target_path }));
    }
    const jobs = await Promise.all(ids.map((id) => server.jobs.get(id, { wait: 30 })));
    expect(jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    const kept = 'data/output/.etl-versions/shared.parquet';
    const versions = readdirSync(server.path(kept));
    expect(versions).toHaveLength(1);
    const standing = jobs.find(({ output }) => output?.sha256 === digest(target_path));
    const replaced = jobs.find((one) => one !== standing);
    expect(versions).toEqual([replaced?.output?.version]);
    expect(digest(`${kept}/${versions[0]}`)).toBe(replaced?.output?.sha256);
  });

  it('whose ids and targets read the same in one: each publishes its own bytes', async () => {
    const wanted = [
      { job_id: 'j', target_path: './data/output/out.parquet', rows: [GOOD] },
      { job_id: 'parquet.j', target_path: './data/output/out', rows: [GOOD, OTHER] },
    ];
    for (const { rows, ...rest } of wanted) {
      const source_path = server.write(`${rest.job_id}.csv`, users(rows));
      await server.jobs.submit(job({ ...rest, source_path }));
    }
    for (const { job_id, target_path, rows } of wanted) {
      const { state, output } = await server.jobs.get(job_id, { wait: 30 });
      expect({ state, rows: output?.rows }).toEqual({ state: 'succeeded', rows: rows.length });
      expect(digest(target_path)).toBe(output?.sha256);
    }
  });
});

it('a kept version that cannot be removed fails no job', async () => {
  const target_path = './data/output/pruned.parquet';
  mkdirSync(server.path('data/output/.etl-versions/pruned.parquet/folder'), { recursive: true });
  for (const job_id of ['prune_1', 'prune_2']) {
    await server.jobs.submit(job({ job_id, target_path }));
    expect(await server.jobs.get(job_id, { wait: 30 })).toMatchObject({ state: 'succeeded' });
  }
  const kept = readdirSync(server.path('data/output/.etl-versions/pruned.parquet'));
  expect(kept.sort()).toEqual(['folder', 'prune_1.1']);
  expect(server.log.some(({ event }) => event === 'job.leftover')).toBe(true);
});

it('a folder of kept versions that leads out of the data roots fails the job, not the old file', async () => {
  mkdirSync(server.path('outside'));
  mkdirSync(server.path('data/linked'));
  symlinkSync(server.path('outside'), server.path('data/linked/.etl-versions'));
  writeFileSync(server.path('data/linked/users.parquet'), 'old');
  await server.jobs.submit(job({ job_id: 'linked', target_path: './data/linked/users.parquet' }));
  expect(await server.jobs.get('linked', { wait: 30 })).toMatchObject({
    state: 'failed',
    error: { code: 'JOB_FAILED', detail: expect.stringContaining('not a link') },
  });
  expect(readdirSync(server.path('outside'))).toEqual([]);
  expect(readFileSync(server.path('data/linked/users.parquet'), 'utf8')).toBe('old');
  expect(readdirSync(server.path('data/linked')).sort()).toEqual([
    '.etl-versions',
    'users.parquet',
  ]);
});

describe('a target that is the source is refused, and the source stays as it is:', () => {
  const SOURCE = './data/same.csv';
  const content = users([GOOD]);

  beforeAll(() => {
    server.write('same.csv', content);
    symlinkSync(server.path('data/same.csv'), server.path('data/symbolic'));
    linkSync(server.path('data/same.csv'), server.path('data/hard'));
    symlinkSync(server.path('data'), server.path('data/here'));
  });

  it.each([
    SOURCE,
    'data/input/../same.csv',
    './data/symbolic',
    './data/hard',
    './data/here/same.csv',
  ])('%s', async (target_path) => {
    const response = await server.post(
      '/api/v1/jobs',
      job({ job_id: 'same', source_path: SOURCE, target_path }),
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      errors: [{ path: '/target_path', message: 'must not be the source' }],
    });
    expect(readFileSync(server.path('data/same.csv'), 'utf8')).toBe(content);
  });
});

it('a request that is refused makes no folder', async () => {
  const target_path = './data/refused/deep/users.parquet';
  await server.jobs.submit(job({ job_id: 'twice' }));
  const refused = await server.post('/api/v1/jobs', job({ job_id: 'twice', target_path }));
  expect(refused.status).toBe(409);
  const source_path = './data/none.csv';
  const missing = await server.post('/api/v1/jobs', job({ source_path, target_path }));
  expect(missing.status).toBe(422);
  expect(existsSync(server.path('data/refused'))).toBe(false);
});
