import { access, constants, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../../errors.js';
import type { Settings } from '../../settings.js';
import { type Finding, fail, ok, size, warn } from './finding.js';

const LOW_ON_DISK_BYTES = 2 ** 30;

/** Whether the server can keep its state; a folder that is not there yet is left so. */
export async function checkStateDir({ stateDir }: Settings): Promise<Finding> {
  const check = 'ETL_STATE_DIR';
  const folder = await firstThatExists(stateDir);
  const told = folder === stateDir ? stateDir : `${stateDir} (made at the first start)`;
  try {
    const probe = await mkdtemp(join(folder, '.etl-doctor-'));
    try {
      await writeFile(join(probe, 'probe'), 'probe', { flush: true });
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
  } catch (error) {
    const advice = 'give this user write access to it, or name another folder';
    return fail(check, `${told} cannot be written (${systemCode(error)})`, advice);
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${told} can be written, ${size(free)} free`;
  if (free >= LOW_ON_DISK_BYTES) return ok(check, detail);
  return warn(check, detail, 'free some disk: jobs spill there and keep their rejects there');
}

/** Whether the folders that jobs may read and write are there. */
export async function checkDataRoots({ dataRoots }: Settings): Promise<Finding[]> {
  return Promise.all(dataRoots.map(checkDataRoot));
}

async function checkDataRoot(root: string): Promise<Finding> {
  const check = 'ETL_DATA_ROOTS';
  try {
    if (!(await stat(root)).isDirectory()) {
      return fail(check, `${root} is not a folder`, 'name folders, separated by ":"');
    }
    await access(root, constants.R_OK | constants.X_OK);
  } catch (error) {
    const reason = `${root} cannot be read (${systemCode(error)})`;
    return fail(check, reason, `mkdir -p ${JSON.stringify(root)}, or name another folder`);
  }
  try {
    await access(root, constants.W_OK);
    return ok(check, root);
  } catch {
    const advice = 'give this user write access to it, if jobs are to write there';
    return warn(check, `${root} is read-only`, advice);
  }
}

async function firstThatExists(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found || path === dirname(path) ? path : firstThatExists(dirname(path));
}
