import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../../ts/jobs/report.js';
import { failed, type Job, started, succeeded } from '../../../ts/jobs/resource.js';
import { temporaryFolder } from '../temporary-folder.js';
import { jobRecord } from './job-record.js';

const { job } = jobRecord('job_1');
const ended = failed(started(job), 'EMPTY_SOURCE', { path: 'in.csv' });
const path = () => join(temporaryFolder(), 'report.json');

describe('the report of a job', () => {
  it('is not there before the job has ended', async () => {
    const cancelling: Job = { ...started(job), state: 'cancelling' };
    for (const early of [job, started(job), cancelling]) {
      await expect(readReport(early, path())).rejects.toMatchObject({
        code: 'JOB_NOT_ENDED',
        params: { job_id: 'job_1', state: early.state },
      });
    }
  });

  it('is what the engine wrote, with what became of the job', async () => {
    const file = path();
    const steps = [{ step: 'read', rows_in: 2, rows_out: 1, seconds: 0.1 }];
    writeFileSync(file, JSON.stringify({ steps, counts: { read: 2, written: 1 } }));
    expect(await readReport(ended, file)).toMatchObject({
      job_id: 'job_1',
      state: 'failed',
      error: { code: 'EMPTY_SOURCE' },
      steps,
      counts: ended.counts,
    });
  });

  it('is there however the job has ended', async () => {
    const file = path();
    writeFileSync(file, JSON.stringify({ steps: [] }));
    const cancelled: Job = { ...ended, state: 'cancelled', error: null };
    const rolledBack: Job = { ...succeeded(started(job)), state: 'rolled_back' };
    for (const one of [succeeded(started(job)), ended, cancelled, rolledBack]) {
      expect((await readReport(one, file)).state).toBe(one.state);
    }
  });

  it('tells what the job tells where no attempt came as far as the engine', async () => {
    expect(await readReport(ended, path())).toMatchObject({
      attempt: 1,
      counts: { read: 0 },
      duration_s: null,
      steps: [],
      rejects: null,
      profile: null,
    });
  });
});
