import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.js';
import type { Log } from '../observability/log.js';
import { discardAttempt } from './attempt.js';
import { cleanUp } from './clean-up.js';
import { attemptFiles } from './record.js';
import { JobStore } from './store.js';

/** Makes the state folder of a job that this process runs by itself; its name says whose it is. */
export function makeRunFolder(stateDir: string): Promise<string> {
  return mkdtemp(join(stateDir, `run-${process.pid}-`));
}

/** Opens the store of a run folder. */
export function openRunStore(folder: string): JobStore {
  return JobStore.open(join(folder, 'jobs.sqlite'));
}

/** Removes the run folders of processes that are no more, and what their jobs have staged. */
export async function sweepRunFolders(stateDir: string, log: Log): Promise<void> {
  const names = await readdir(stateDir);
  const dead = names.filter((name) => {
    const [, pid] = /^run-(\d+)-/.exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  });
  await cleanUp(
    log,
    dead.map((name) => sweep(join(stateDir, name), log)),
  );
}

async function sweep(folder: string, log: Log): Promise<void> {
  const store = openRunStore(folder);
  try {
    for (const record of store.unfinished()) {
      await discardAttempt(attemptFiles(folder, record), log);
    }
  } finally {
    store.close();
  }
  await rm(folder, { recursive: true, force: true });
}

/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}
