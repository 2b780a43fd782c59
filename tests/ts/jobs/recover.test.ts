import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planPublication } from '../../../ts/jobs/publication.js';
import {
  type AttemptFiles,
  attemptFiles,
  type JobRecord,
  startAttempt,
} from '../../../ts/jobs/record.js';
import { recover } from '../../../ts/jobs/recover.js';
import { JobStore } from '../../../ts/jobs/store.js';
import { openLog } from '../../../ts/observability/log.js';
import { temporaryFolder } from '../temporary-folder.js';
import { jobRecord } from './job-record.js';

const RESULT = {
  counts: { read: 3, written: 2, rejected: 1, filtered: 0, deduplicated: 0 },
  output: { rows: 2, bytes: 3, sha256: 'of the new file' },
  bridge: { path: 'inline', bytes_mapped: 0, bytes_copied: 0 },
} as const;

const log = openLog('silent', 2);

let folder: string;
let path: string;
let stateDir: string;
let target: string;
let store: JobStore;
let record: JobRecord;
let files: AttemptFiles;

beforeEach(() => {
  folder = temporaryFolder();
  stateDir = join(folder, 'state');
  target = join(folder, 'users.parquet');
  writeFileSync(target, 'old');
  path = join(folder, 'jobs.sqlite');
  store = JobStore.open(path);
  const queued = jobRecord('job_1', target);
  store.insert({ record: queued, fingerprint: 'f', idempotencyKey: null });
  record = startAttempt(queued);
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

/** Opens the store again after a change to its file. */
function restartWith(sql: string): void {
  store.close();
  const database = new Database(path);
  database.exec(sql);
  database.close();
  store = JobStore.open(path);
}

describe('a job that ran when its server was killed', () => {
  it('goes back to the queue; its staged file and spill folder are gone, the target is as it was', async () => {
    expect(await recover({ store, stateDir, log })).toEqual(['job_1']);
    expect(job()).toMatchObject({ state: 'queued', attempt: 1, stage: null });
    expect(existsSync(files.staged)).toBe(false);
    expect(existsSync(files.spill)).toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it('goes back behind jobs that were submitted before it', async () => {
    store.insert({ record: jobRecord('job_2'), fingerprint: 'g', idempotencyKey: null });
    expect(await recover({ store, stateDir, log })).toEqual(['job_1', 'job_2']);
  });
});

describe('a job that was being published when its server was killed', () => {
  it.each([
    ['before the rename', () => undefined],
    ['after the rename', () => renameSync(files.staged, target)],
  ])('%s has succeeded after the restart, with its counts', async (_, crash) => {
    await planPublication(store, record, files, RESULT);
    crash();
    expect(await recover({ store, stateDir, log })).toEqual([]);
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
    expect(await recover({ store, stateDir, log })).toEqual(['job_1']);
    expect(store.find('job_1')).toMatchObject({
      intent: null,
      job: { state: 'queued', output: null, bridge: null },
    });
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it('has failed when it must not replace a file that came meanwhile', async () => {
    const { request } = record.job;
    const careful = { ...record.job, request: { ...request, if_exists: 'fail' as const } };
    await planPublication(store, { ...record, job: careful }, files, RESULT);
    expect(await recover({ store, stateDir, log })).toEqual([]);
    expect(job()).toMatchObject({
      state: 'failed',
      error: { code: 'TARGET_EXISTS' },
      counts: { written: 0 },
    });
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(existsSync(files.staged)).toBe(false);
  });
});

describe('a job that cannot be recovered', () => {
  it('does not keep the others from it: a file stands where its target had its folder', async () => {
    store.insert({ record: jobRecord('job_2'), fingerprint: 'g', idempotencyKey: null });
    const lost = { ...record, target: join(target, 'x'), staged: join(target, 'x.staged') };
    store.update(lost);
    expect(await recover({ store, stateDir, log })).toEqual(['job_1', 'job_2']);
  });

  it('stays as it is when its end cannot be stored, and the next start brings it there', async () => {
    await planPublication(store, record, files, RESULT);
    restartWith("CREATE TRIGGER full INSERT ON targets BEGIN SELECT RAISE(FAIL, 'full'); END");
    expect(await recover({ store, stateDir, log })).toEqual([]);
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(job()).toMatchObject({ state: 'running', stage: 'publish' });

    restartWith('DROP TRIGGER full');
    expect(await recover({ store, stateDir, log })).toEqual([]);
    expect(job()).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  it('has failed when the server was killed under it again and again', async () => {
    let starts = 0;
    for (; job()?.state !== 'failed'; starts++) {
      store.update(startAttempt(store.find('job_1') ?? record));
      await recover({ store, stateDir, log });
    }
    expect(starts).toBe(10);
    expect(job()?.error).toMatchObject({
      code: 'JOB_FAILED',
      detail: 'the server was killed 10 times while it ran this job',
    });
  });
});

describe('what of a published job cannot be removed', () => {
  it('is left where it is: the job has succeeded', async () => {
    await planPublication(store, record, files, RESULT);
    mkdirSync(join(folder, '.etl-versions', 'users.parquet', 'a folder'), { recursive: true });
    expect(await recover({ store, stateDir, log })).toEqual([]);
    expect(job()).toMatchObject({ state: 'succeeded', error: null });
    expect(readFileSync(target, 'utf8')).toBe('new');
  });
});

describe('the staged file', () => {
  it('stands beside its target, hidden, under a name that no other attempt has', () => {
    const again = attemptFiles(stateDir, startAttempt(record)).staged;
    const other = attemptFiles(stateDir, startAttempt(jobRecord('job_1', target))).staged;
    expect(new Set([files.staged, again, other]).size).toBe(3);
    for (const staged of [files.staged, again, other]) {
      expect(dirname(staged)).toBe(dirname(target));
      expect(staged).toMatch(/\/\.job_1\.[0-9a-f-]{36}\.staged$/);
    }
  });

  it('has a name that fits, whatever the job and the target are called', () => {
    const { staged } = jobRecord('j'.repeat(128), join(folder, `${'ü'.repeat(123)}.parquet`));
    writeFileSync(staged, '');
    expect(readdirSync(folder)).toContain(basename(staged));
  });
});
