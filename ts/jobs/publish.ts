import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EtlError, systemCode } from '../errors.js';

/** The folder beside a target that keeps what stood there before. */
export const VERSIONS_FOLDER = '.etl-versions';

/** All that publication needs to be carried out, or carried on after a crash at any step. */
export interface PublishIntent {
  readonly staged: string;
  readonly target: string;
  /** The staged file's inode: it says which of the steps have been done. */
  readonly inode: string;
  /** The version that is being published. */
  readonly version: string;
  /** The version that stands at the target until then. */
  readonly replaces: string;
  readonly ifExists: 'replace' | 'fail';
}

/**
 * Puts the staged file in the target's place in one step, and keeps what stood there before.
 *
 * It can be called again with the same intent after a crash anywhere inside; the target is the
 * old file or the complete new one at every moment.
 *
 * @returns whether the new file stands at the target; false when the staged file is gone, so
 *   that the attempt must be made again.
 * @throws EtlError `TARGET_EXISTS` when the intent forbids to replace a file.
 */
export async function publish(intent: PublishIntent): Promise<boolean> {
  const inPlace = await inodeOf(intent.target);
  if (inPlace !== intent.inode) {
    if ((await inodeOf(intent.staged)) !== intent.inode) return false;
    if (intent.ifExists === 'fail') await linkInPlace(intent);
    else await replace(intent, inPlace);
  }
  await rm(intent.staged, { force: true });
  await syncFolder(dirname(intent.target));
  return true;
}

/** Removes all kept versions but the one that the intent's publication replaced. */
export async function pruneVersions(intent: PublishIntent): Promise<void> {
  const folder = versionsOf(intent.target);
  const names = await readdir(folder).catch(() => []);
  const older = names.filter((name) => name !== intent.replaces);
  await Promise.all(older.map((name) => rm(join(folder, name), { force: true })));
}

/** The inode at `path`; undefined where nothing stands. */
export async function inodeOf(path: string): Promise<string | undefined> {
  try {
    return (await stat(path, { bigint: true })).ino.toString();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(intent: PublishIntent, previous: string | undefined): Promise<void> {
  if (previous !== undefined) await keepPrevious(intent, previous);
  await rename(intent.staged, intent.target);
}

/** A link fails where a file stands already, which a rename would replace. */
async function linkInPlace({ staged, target }: PublishIntent): Promise<void> {
  try {
    await link(staged, target);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw new EtlError('TARGET_EXISTS', { path: target }, { cause: error });
  }
}

async function keepPrevious({ target, replaces }: PublishIntent, inode: string): Promise<void> {
  const folder = versionsOf(target);
  const kept = join(folder, replaces);
  await mkdir(folder, { recursive: true });
  if ((await inodeOf(kept)) !== inode) {
    await rm(kept, { force: true });
    await link(target, kept);
  }
  await syncFolder(folder);
}

function versionsOf(target: string): string {
  return join(dirname(target), VERSIONS_FOLDER, basename(target));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
