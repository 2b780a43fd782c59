import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planPublication } from '../../../ts/jobs/publication.js';
import { type AttemptFiles, attemptFiles, type JobRecord } from '../../../ts/jobs/record.js';
import { recover } from '../../../ts/jobs/recover.js';
import { started } from '../../../ts/jobs/resource.js';
import { JobStore } from '../../../ts/jobs/store.js';
import { temporaryFolder } from '../temporary-folder.js';
import { jobRecord } from './job-record.js';

const RESULT = {
  counts: { read: 3, written: 2, rejected: 1, filtered: 0, deduplicated: 0 },
  output: { rows: 2, bytes: 3, sha256: 'of the new file' },
  bridge: { path: 'inline', bytes_mapped: 0, bytes_copied: 0 },
} as const;

let stateDir: string;
let target: string;
let store: JobStore;
let record: JobRecord;
let files: AttemptFiles;

beforeEach(() => {
  const folder = temporaryFolder();
  stateDir = join(folder, 'state');
  target = join(folder, 'users.parquet');
  writeFileSync(target, 'old');
  store = JobStore.open(':memory:');
  const queued = jobRecord('job_1', target);
  store.insert({ record: queued, fingerprint: 'f', idempotencyKey: null });
  record = { ...queued, job: started(queued.job) };
  store.update(record);
  files = attemptFiles(stateDir, record);
  mkdirSync(files.spill, { recursive: true });
  writeFileSync(files.rejects, '{}\n');
  writeFileSync(files.staged, 'new');
});

afterEach(() => {
  store.close();
});

const job = () => store.find('job_1')?.job;

describe('a job that ran when its server was killed', () => {
  it('goes back to the queue; its staged file and spill folder are gone, the target is as it was', async () => {
    expect(await recover(store, stateDir)).toEqual(['job_1']);
    expect(job()).toMatchObject({ state: 'queued', attempt: 1, stage: null });
    expect(existsSync(files.staged)).toBe(false);
    expect(existsSync(files.spill)).toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it('goes back behind jobs that were submitted before it', async () => {
    store.insert({ record: jobRecord('job_2'), fingerprint: 'g', idempotencyKey: null });
    expect(await recover(store, stateDir)).toEqual(['job_1', 'job_2']);
  });
});

describe('a job that was being published when its server was killed', () => {
  it.each([
    ['before the rename', () => undefined],
    ['after the rename', () => renameSync(files.staged, target)],
  ])('%s has succeeded after the restart, with its counts', async (_, crash) => {
    await planPublication(store, record, files, RESULT);
    crash();
    expect(await recover(store, stateDir)).toEqual([]);
    expect(job()).toMatchObject({
      state: 'succeeded',
      counts: RESULT.counts,
      output: { path: 'users.parquet', version: 'job_1.1', sha256: 'of the new file' },
    });
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(existsSync(files.staged)).toBe(false);
    expect(existsSync(files.rejects)).toBe(true);
  });

  it('is run again when its staged file is gone, and the target is as it was', async () => {
    await planPublication(store, record, files, RESULT);
    rmSync(files.staged);
    expect(await recover(store, stateDir)).toEqual(['job_1']);
    expect(store.find('job_1')).toMatchObject({ intent: null, job: { state: 'queued' } });
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it('has failed when it must not replace a file that came meanwhile', async () => {
    const { request } = record.job;
    const careful = { ...record.job, request: { ...request, if_exists: 'fail' as const } };
    await planPublication(store, { ...record, job: careful }, files, RESULT);
    expect(await recover(store, stateDir)).toEqual([]);
    expect(job()).toMatchObject({
      state: 'failed',
      error: { code: 'TARGET_EXISTS' },
      counts: { written: 0 },
    });
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(existsSync(files.staged)).toBe(false);
  });
});

describe('the staged file', () => {
  it('stands beside its target, hidden, and its name fits whatever the target is called', () => {
    expect(files.staged).toBe(join(dirname(target), '.users.parquet.job_1.1.staged'));
    const long = attemptFiles(stateDir, {
      ...record,
      target: join(dirname(target), `${'ü'.repeat(123)}.parquet`),
    });
    writeFileSync(long.staged, '');
    expect(dirname(long.staged)).toBe(dirname(target));
  });
});
