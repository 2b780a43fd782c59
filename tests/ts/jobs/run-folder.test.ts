import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { attemptFiles, startAttempt } from '../../../ts/jobs/record.js';
import { makeRunFolder, openRunStore, sweepRunFolders } from '../../../ts/jobs/run-folder.js';
import { openLog } from '../../../ts/observability/log.js';
import { temporaryFolder } from '../temporary-folder.js';
import { jobRecord } from './job-record.js';

const log = openLog('silent', 2);
let stateDir: string;
let data: string;

beforeEach(() => {
  stateDir = temporaryFolder();
  data = temporaryFolder();
});

/** A run folder whose job has staged its output; gives both. */
async function runWithStagedFile(): Promise<{ folder: string; staged: string }> {
  const folder = await makeRunFolder(stateDir);
  const store = openRunStore(folder);
  const record = startAttempt(jobRecord('job_1', join(data, 'users.parquet')));
  store.insert({ record, fingerprint: 'f', idempotencyKey: null });
  store.close();
  const { spill, staged } = attemptFiles(folder, record);
  mkdirSync(spill, { recursive: true });
  writeFileSync(staged, 'half');
  return { folder, staged };
}

/** Makes it the folder of a process that is no more. */
function ofDeadProcess(folder: string): void {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const name = basename(folder).replace(String(process.pid), String(pid));
  renameSync(folder, join(stateDir, name));
}

it('a run that was killed is swept: its folder and its staged file are gone', async () => {
  const { folder, staged } = await runWithStagedFile();
  ofDeadProcess(folder);
  writeFileSync(join(data, 'users.parquet'), 'old');
  await sweepRunFolders(stateDir, log);
  expect(readdirSync(stateDir)).toEqual([]);
  expect(readdirSync(data)).toEqual(['users.parquet']);
  expect(existsSync(staged)).toBe(false);
});

it('a run that was killed before its store was made is swept', async () => {
  ofDeadProcess(await makeRunFolder(stateDir));
  await sweepRunFolders(stateDir, log);
  expect(readdirSync(stateDir)).toEqual([]);
});

it('a run that goes on is left alone, and so is what else lies there', async () => {
  const { folder, staged } = await runWithStagedFile();
  mkdirSync(join(stateDir, 'jobs'));
  await sweepRunFolders(stateDir, log);
  expect(readdirSync(stateDir).sort()).toEqual(['jobs', basename(folder)].sort());
  expect(existsSync(staged)).toBe(true);
});
