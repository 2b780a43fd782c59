import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EtlError, systemCode } from '../../errors.js';

/** The error for an option that names a file that cannot be written. */
export function unwritable(option: string, path: string, reason: string): EtlError {
  const params = { field: option, path, reason, roots: '/' };
  return new EtlError('PATH_FORBIDDEN', params, { message: `${option}: ${path} ${reason}` });
}

/**
 * Runs a check of a target as a job's, and says of a pipeline's options what it finds.
 *
 * @throws EtlError what the check throws, by the names of the options.
 */
export async function asOption<T>(target: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    if (error.code === 'PATH_FORBIDDEN') {
      throw unwritable('target', target, String(error.params.reason));
    }
    if (error.code !== 'TARGET_EXISTS') throw error;
    const message = `${target} exists and ifExists is fail. Remove it, choose another target, or use ifExists: 'replace'.`;
    throw new EtlError('TARGET_EXISTS', error.params, { message });
  }
}

/**
 * Makes sure that a file can be put at a path: its folder can be written, or be made.
 *
 * @throws EtlError `PATH_FORBIDDEN`.
 */
export async function assertWritable(option: string, path: string): Promise<void> {
  const kind = await stat(path).catch(() => undefined);
  if (path.endsWith('/') || (kind && !kind.isFile())) {
    throw unwritable(option, path, 'does not name a regular file');
  }
  try {
    const folder = await nearestFolder(dirname(resolve(path)));
    // Access rights alone do not say it: a file system may be read-only, or make no folders.
    await rmdir(await mkdtemp(join(folder, '.etl-')));
  } catch (error) {
    const reason = `is in a folder that cannot be written or made (${systemCode(error)})`;
    throw unwritable(option, path, reason);
  }
}

async function nearestFolder(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return nearestFolder(dirname(folder));
  }
}
