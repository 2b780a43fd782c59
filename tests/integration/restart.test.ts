import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../ts/jobs/resource.js';
import { HEADER, job } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

const ROWS = 300_000;
const TARGET = 'data/output/users.parquet';
let big: string;

beforeAll(() => {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const id = 1 + (at % (ROWS / 2));
    return `${id},User${id}@Example.COM, User  ${id},${id % 100},2024-01-01T00:00:00+02:00,true,a|b${id}`;
  });
  big = [HEADER, ...rows, ''].join('\n');
});

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

/** What is left in the target's folder and in the state folder besides what belongs there. */
function leftovers(folder: string): string[] {
  const output = readdirSync(`${folder}/data/output`).filter((name) => name.endsWith('.staged'));
  const state = readdirSync(`${folder}/.etl`, { recursive: true }) as string[];
  return [...output, ...state.filter((name) => name.includes('spill') || name.includes('run-'))];
}

/** A folder in which a file stands at the target, and a large source waits. */
function folderWithTarget(): { folder: string; old: string } {
  const folder = workingFolder();
  mkdirSync(`${folder}/data/output`);
  writeFileSync(`${folder}/${TARGET}`, 'old');
  writeFileSync(`${folder}/data/big.csv`, big);
  return { folder, old: digest(`${folder}/${TARGET}`) };
}

async function untilRunning(server: ServerProcess, jobId: string): Promise<Job> {
  for (;;) {
    const state = await server.jobs.get(jobId);
    if (state.state !== 'queued') return state;
    await pause(5);
  }
}

const isRunning = (state: Job, attempt: number) =>
  state.attempt === attempt && state.state === 'running';

const bigJob = job({ job_id: 'big', source_path: './data/big.csv', batch_size: 65_536 });

describe('a server that is killed while a job runs', () => {
  it('leaves the old target or the complete new one, and the job ends after the restart', async () => {
    const { folder, old } = folderWithTarget();
    let server = await ServerProcess.start(folder);
    await server.jobs.submit(bigJob);
    const seen = new Set([old]);
    for (const delay of [0, 700]) {
      await untilRunning(server, 'big');
      await pause(delay);
      await server.kill('SIGKILL');
      seen.add(digest(`${folder}/${TARGET}`));
      server = await ServerProcess.start(folder);
    }
    const ended = await server.jobs.get('big', { wait: 60 });
    expect(ended).toMatchObject({
      state: 'succeeded',
      counts: { read: ROWS, written: ROWS / 2, deduplicated: ROWS / 2 },
    });
    const complete = digest(`${folder}/${TARGET}`);
    expect(ended.output?.sha256).toBe(complete);
    expect(new Set([...seen, complete])).toEqual(new Set([old, complete]));
    expect(leftovers(folder)).toEqual([]);
    expect(readdirSync(`${folder}/data/output/.etl-versions/users.parquet`)).toEqual(['original']);
    await server.kill('SIGTERM');
  });

  it('has lost no job that it answered 202 to', async () => {
    const folder = workingFolder();
    let server = await ServerProcess.start(folder);
    const ids = Array.from({ length: 5 }, (_, at) => `job_${at}`);
    for (const job_id of ids) {
      await server.jobs.submit(job({ job_id, target_path: `./data/output/${job_id}.parquet` }));
    }
    await server.kill('SIGKILL');
    server = await ServerProcess.start(folder);
    for (const id of ids) {
      expect(await server.jobs.get(id, { wait: 30 })).toMatchObject({ state: 'succeeded' });
    }
    await server.kill('SIGTERM');
  });
});

describe('a server that is asked to stop while a job runs', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'puts the job back to the queue on %s, ends by 0 within 5 s and leaves nothing behind',
    async (signal) => {
      const { folder, old } = folderWithTarget();
      const server = await ServerProcess.start(folder);
      await server.jobs.submit(bigJob);
      await untilRunning(server, 'big');
      const begun = Date.now();
      expect(await server.kill(signal)).toBe(0);
      expect(Date.now() - begun).toBeLessThan(5_000);
      expect(leftovers(folder)).toEqual([]);
      expect(digest(`${folder}/${TARGET}`)).toBe(old);

      const next = await ServerProcess.start(folder);
      const ended = await next.jobs.get('big', { wait: 60 });
      expect(ended).toMatchObject({ state: 'succeeded', attempt: 2, counts: { read: ROWS } });
      await next.kill('SIGTERM');
    },
  );

  it('answers those who wait for a job before it ends', async () => {
    const { folder } = folderWithTarget();
    const server = await ServerProcess.start(folder);
    await server.jobs.submit(bigJob);
    await untilRunning(server, 'big');
    const waiting = server.jobs.get('big', { wait: 60 });
    await pause(50);
    expect(await server.kill('SIGTERM')).toBe(0);
    expect((await waiting).state).toMatch(/^(running|queued)$/);
  });
});

describe('a job whose worker dies', () => {
  it('is run again by another, and after three times it has failed', async () => {
    const { folder, old } = folderWithTarget();
    const server = await ServerProcess.start(folder);
    await server.ready();
    await server.jobs.submit(bigJob);
    const killed = new Set<unknown>();
    for (let attempt = 1; attempt <= 3; attempt++) {
      while (!isRunning(await server.jobs.get('big'), attempt)) await pause(5);
      await pause(100);
      for (const { event, worker } of server.log) {
        if (event !== 'worker.ready' || killed.has(worker)) continue;
        killed.add(worker);
        process.kill(Number(worker), 'SIGKILL');
      }
    }
    const state = await server.jobs.get('big', { wait: 10 });
    expect(state).toMatchObject({
      state: 'failed',
      attempt: 3,
      error: { code: 'WORKER_CRASHED', retryable: true },
      counts: { written: 0 },
    });
    expect(digest(`${folder}/${TARGET}`)).toBe(old);
    expect(leftovers(folder)).toEqual([]);
    await server.kill('SIGTERM');
  });

  it('takes no other job with it, even of two that were there before any worker was ready', async () => {
    const { folder } = folderWithTarget();
    const server = await ServerProcess.start(folder, { ETL_WORKERS: '2' });
    const ids = ['one', 'other'];
    const attempts = () => Promise.all(ids.map(async (id) => (await server.jobs.get(id)).attempt));
    for (const job_id of ids) {
      await server.jobs.submit({ ...bigJob, job_id, target_path: `./data/output/${job_id}` });
    }
    while ((await attempts()).includes(0)) await pause(5);
    const logged = (event: string, worker?: unknown) =>
      server.log.find((entry) => entry.event === event && (!worker || entry.worker === worker));
    const killed = new Set<unknown>();
    while (!logged('job.retried')) {
      const ready = server.log.filter(({ event }) => event === 'worker.ready');
      const next = ready.find(({ worker }) => !killed.has(worker))?.worker;
      if (next) {
        killed.add(next);
        process.kill(Number(next), 'SIGKILL');
        while (!logged('worker.ended', next)) await pause(5);
      }
      // Whether a job ran there is logged a little later.
      await pause(50);
    }
    const jobs = await Promise.all(ids.map((id) => server.jobs.get(id, { wait: 30 })));
    expect(jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(jobs.map(({ attempt }) => attempt).sort()).toEqual([1, 2]);
    await server.kill('SIGTERM');
  });
});

describe.concurrent('a server that cannot start says why, with what to do, and ends by 2:', () => {
  async function refusal(folder: string, environment: Record<string, string>): Promise<string> {
    const failed = await ServerProcess.refused(folder, environment);
    expect(failed.exitCode).toBe(2);
    return failed.stderr;
  }

  it('a second server on the same state folder', async () => {
    const first = await ServerProcess.start(workingFolder());
    expect(await refusal(first.folder, {})).toMatch(
      /another server uses this state folder; stop it/,
    );
    expect((await fetch(`${first.url}/livez`)).status).toBe(200);
    await first.kill('SIGTERM');
  });

  it('a taken port', async () => {
    const first = await ServerProcess.start(workingFolder());
    const PORT = new URL(first.url).port;
    expect(await refusal(workingFolder(), { PORT })).toMatch(
      new RegExp(`PORT=${PORT}: .* is taken; .*PORT=3001 npm start`),
    );
    await first.kill('SIGTERM');
  });

  it('settings that are wrong, all at once', async () => {
    const stderr = await refusal(workingFolder(), {
      PORT: 'x',
      HOST: '0.0.0.0',
      ETL_WORKERS: '-1',
    });
    expect(stderr.match(/expected/g)).toHaveLength(3);
  });

  it('a state folder that cannot be made', async () => {
    const folder = workingFolder();
    writeFileSync(`${folder}/file`, '');
    expect(await refusal(folder, { ETL_STATE_DIR: './file/state' })).toMatch(
      /ETL_STATE_DIR=.*cannot be written \(ENOTDIR\)/,
    );
  });

  it('a record schema that does not compile', async () => {
    const folder = workingFolder();
    mkdirSync(`${folder}/schemas`);
    writeFileSync(
      `${folder}/schemas/order.schema.json`,
      JSON.stringify({ type: 'object', properties: { id: { type: 'integer', minimun: 1 } } }),
    );
    const stderr = await refusal(folder, { ETL_SCHEMA_DIR: './schemas' });
    expect(stderr).toContain('order.schema.json#/properties/id/minimun');
  });
});

it('a server knows the schemas of its ETL_SCHEMA_DIR', async () => {
  const folder = workingFolder();
  mkdirSync(`${folder}/schemas`);
  writeFileSync(
    `${folder}/schemas/order.schema.json`,
    JSON.stringify({
      title: 'Order',
      type: 'object',
      required: ['number'],
      properties: { number: { type: 'integer', minimum: 100 } },
      additionalProperties: false,
    }),
  );
  const server = await ServerProcess.start(folder, { ETL_SCHEMA_DIR: './schemas' });
  const response = await server.post('/api/v1/validate', {
    schema: 'order',
    data: [{ number: 100 }, { number: 99 }],
  });
  expect(await response.json()).toMatchObject({
    result: {
      invalid_records: 1,
      errors: [{ index: 1, path: '/number' }],
      layers: { zod: { valid_records: 1 }, pydantic: { valid_records: 1 } },
    },
  });
  expect(existsSync(`${folder}/.etl/schemas`)).toBe(true);
  await server.kill('SIGTERM');
});
