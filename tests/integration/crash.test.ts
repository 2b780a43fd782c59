import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobRequest } from '../../ts/generated/api/job-request.js';
import { FAULT_POINTS } from '../../ts/jobs/fault-point.js';
import { job } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

const TARGET = 'data/output/users.parquet';
const OLD = 'old';
/** From here on the new file stands at the target. */
const IN_PLACE = FAULT_POINTS.indexOf('publication.linked');

let complete: string;

beforeAll(async () => {
  const server = await ServerProcess.start(workingFolder());
  await server.jobs.submit(job());
  const { output } = await server.jobs.get('job_001', { wait: 60 });
  complete = digest(server.path(TARGET));
  expect(output?.sha256).toBe(complete);
  await server.kill('SIGTERM');
});

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Everything in the data and state folders but the job's source and the server's own files. */
function files(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() || entry.name === 'spill')
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
    .filter((name) => !/^(data\/input|\.etl\/schemas|\.etl\/jobs\.sqlite)/.test(name))
    .sort();
}

it('a job that cannot go on after a restart has failed, and stops neither the server nor other jobs', async () => {
  const folder = workingFolder();
  const killed = await ServerProcess.start(folder, { ETL_FAULT: 'attempt.staged' });
  const lost = { job_id: 'lost', target_path: './data/gone/users.parquet' };
  await killed.jobs.submit(job(lost));
  await killed.ended();
  rmSync(`${folder}/data/gone`, { recursive: true });
  writeFileSync(`${folder}/data/gone`, 'a file');

  const server = await ServerProcess.start(folder);
  await server.jobs.submit(job());
  expect(await server.jobs.get('lost', { wait: 30 })).toMatchObject({
    state: 'failed',
    error: { code: 'PATH_FORBIDDEN' },
  });
  expect(await server.jobs.get('job_001', { wait: 30 })).toMatchObject({ state: 'succeeded' });
  await server.kill('SIGTERM');
});

describe('a server that is killed at a step of a job, and started again', () => {
  it.concurrent.each(FAULT_POINTS.map((point, at) => [point, at] as const))(
    '%s',
    async (point, at) => {
      const mustBeNew = point === 'publication.linked';
      const folder = workingFolder();
      mkdirSync(`${folder}/data/output`);
      if (!mustBeNew) writeFileSync(`${folder}/${TARGET}`, OLD);
      const request: JobRequest = job(mustBeNew ? { if_exists: 'fail' } : {});

      const killed = await ServerProcess.start(folder, { ETL_FAULT: point });
      await killed.jobs.submit(request);
      expect(await killed.ended()).toBe('SIGKILL');
      const isNew = at >= IN_PLACE;
      if (isNew) expect(digest(`${folder}/${TARGET}`)).toBe(complete);
      else expect(readFileSync(`${folder}/${TARGET}`, 'utf8')).toBe(OLD);
      const inode = existsSync(`${folder}/${TARGET}`) && statSync(`${folder}/${TARGET}`).ino;

      const server = await ServerProcess.start(folder);
      // What was begun to be published is so before the server listens.
      const wait = point.startsWith('publication') ? 0 : 30;
      const ended = await server.jobs.get('job_001', { wait });
      expect(ended).toMatchObject({ state: 'succeeded', error: null });
      expect(ended.output).toMatchObject({ sha256: complete, version: `job_001.${ended.attempt}` });
      expect(digest(`${folder}/${TARGET}`)).toBe(complete);
      // What was published, or only had to be, is not made a second time.
      expect(ended.attempt).toBe(point.startsWith('publication') ? 1 : 2);
      if (isNew) expect(statSync(`${folder}/${TARGET}`).ino).toBe(inode);
      await server.kill('SIGTERM');
      expect(files(folder)).toEqual([
        `.etl/jobs/job_001/${ended.attempt}/rejects.ndjson`,
        `.etl/jobs/job_001/${ended.attempt}/report.json`,
        ...(mustBeNew ? [] : ['data/output/.etl-versions/users.parquet/original']),
        TARGET,
      ]);
      if (mustBeNew) return;
      const kept = `${folder}/data/output/.etl-versions/users.parquet/original`;
      expect(readFileSync(kept, 'utf8')).toBe(OLD);
    },
  );
});
