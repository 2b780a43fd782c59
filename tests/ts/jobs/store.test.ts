import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../ts/jobs/record.js';
import { type Job, started, succeeded } from '../../../ts/jobs/resource.js';
import { JobStore } from '../../../ts/jobs/store.js';
import { temporaryFolder } from '../temporary-folder.js';
import { jobRecord } from './job-record.js';

const open: JobStore[] = [];

afterEach(() => {
  for (const store of open.splice(0)) store.close();
});

function openStore(path = ':memory:'): JobStore {
  const store = JobStore.open(path);
  open.push(store);
  return store;
}

function insert(store: JobStore, jobId: string, job?: (job: Job) => Job): JobRecord {
  const plain = jobRecord(jobId);
  const entry = job ? { ...plain, job: job(plain.job) } : plain;
  store.insert({
    record: entry,
    fingerprint: `print of ${jobId}`,
    idempotencyKey: `key of ${jobId}`,
  });
  return entry;
}

describe('the job store', () => {
  it('gives back exactly what was put in, after it was closed and opened again', () => {
    const path = join(temporaryFolder(), 'jobs.sqlite');
    const first = JobStore.open(path);
    const entry = insert(first, 'job_1');
    first.close();
    expect(openStore(path).find('job_1')).toEqual(entry);
  });

  it('refuses a second server on the same file, with what to do', () => {
    const path = join(temporaryFolder(), 'jobs.sqlite');
    openStore(path);
    expect(() => JobStore.open(path)).toThrow(/another server uses this state folder; stop it/);
  });

  it('refuses a file that is no job store', () => {
    const path = join(temporaryFolder(), 'jobs.sqlite');
    writeFileSync(path, 'not a database, but long enough to have a header of one '.repeat(20));
    expect(() => JobStore.open(path)).toThrow(/no job store, or it is damaged/);
  });

  it('refuses a store of another format, with what to do', () => {
    const path = join(temporaryFolder(), 'jobs.sqlite');
    const other = new Database(path);
    other.exec('PRAGMA user_version = 1');
    other.close();
    expect(() => JobStore.open(path)).toThrow(/is of format 1, this version reads 2; move it away/);
  });

  it('refuses the same job id twice', () => {
    const store = openStore();
    insert(store, 'job_1');
    expect(() => insert(store, 'job_1')).toThrow();
  });

  it('finds submissions by their id or their key', () => {
    const store = openStore();
    insert(store, 'job_1');
    insert(store, 'job_2');
    const ids = (jobId: string | null, key: string | null) =>
      store.submissions(jobId, key).map(({ record }) => record.job.job_id);
    expect(ids('job_1', null)).toEqual(['job_1']);
    expect(ids(null, 'key of job_2')).toEqual(['job_2']);
    expect(ids('job_1', 'key of job_2').sort()).toEqual(['job_1', 'job_2']);
    expect(ids('job_3', null)).toEqual([]);
    expect(ids(null, null)).toEqual([]);
  });

  it('lists jobs from the newest on, page by page, and by state', () => {
    const store = openStore();
    for (const id of ['a', 'b', 'c', 'd', 'e']) insert(store, id, id === 'c' ? started : undefined);
    const ids = (records: JobRecord[]) => records.map(({ job }) => job.job_id);
    const first = store.list({ limit: 2 });
    expect(ids(first.records)).toEqual(['e', 'd']);
    const second = store.list({ limit: 3, ...(first.next && { before: first.next }) });
    expect(ids(second.records)).toEqual(['c', 'b', 'a']);
    expect(second.next).toBeUndefined();
    expect(ids(store.list({ state: 'running', limit: 9 }).records)).toEqual(['c']);
  });

  it('knows which jobs have not come to their end, oldest first', () => {
    const store = openStore();
    insert(store, 'a', started);
    insert(store, 'b', succeeded);
    insert(store, 'c');
    expect(store.unfinished().map(({ job }) => job.job_id)).toEqual(['a', 'c']);
  });

  it('knows the version that was published last at a target', () => {
    const store = openStore();
    const [first, second] = [insert(store, 'first'), insert(store, 'second')];
    store.succeed({ ...second, job: succeeded(second.job) }, 'second.1');
    // The clock may be set back between two publications.
    const finished_at = '2026-01-01T00:00:00.000Z';
    store.succeed({ ...first, job: { ...succeeded(first.job), finished_at } }, 'first.1');
    expect(store.publishedVersion('/data/users.parquet')).toBe('first.1');
    expect(store.publishedVersion('/data/others.parquet')).toBeUndefined();
    expect(store.find('first')?.job.state).toBe('succeeded');
  });
});
