import { link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EtlError, systemCode } from '../errors.js';
import { faultPoint } from './fault-point.js';

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
 * @throws EtlError `TARGET_EXISTS` when the intent forbids to replace a file, `JOB_FAILED` when
 *   the place of the kept versions is no folder.
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

/** Whether the file that the intent is about stands at the target. */
export async function isInPlace({ target, inode }: PublishIntent): Promise<boolean> {
  return (await inodeOf(target)) === inode;
}

/** Removes all kept versions but the one that the intent's publication replaced. */
export async function pruneVersions({ target, replaces }: PublishIntent): Promise<void> {
  const [all, folder] = versionsOf(target);
  if (!(await isFolder(all)) || !(await isFolder(folder))) return;
  const older = (await readdir(folder)).filter((name) => name !== replaces);
  await Promise.all(older.map((name) => rm(join(folder, name), { force: true })));
}

/** The inode of the regular file at `path`; undefined where there is none. A link is not one. */
export async function inodeOf(path: string): Promise<string | undefined> {
  const entry = await entryAt(path);
  return entry?.isFile() ? entry.ino.toString() : undefined;
}

async function replace(intent: PublishIntent, previous: string | undefined): Promise<void> {
  if (previous !== undefined) await keepPrevious(intent, previous);
  faultPoint('publication.kept');
  await rename(intent.staged, intent.target);
  faultPoint('publication.renamed');
}

/** A link fails where a file stands already, which a rename would replace. */
async function linkInPlace({ staged, target }: PublishIntent): Promise<void> {
  try {
    await link(staged, target);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw new EtlError('TARGET_EXISTS', { path: target }, { cause: error });
  }
  faultPoint('publication.linked');
}

async function keepPrevious({ target, replaces }: PublishIntent, inode: string): Promise<void> {
  const [all, folder] = versionsOf(target);
  await makeFolder(all);
  await makeFolder(folder);
  const kept = join(folder, replaces);
  if ((await inodeOf(kept)) !== inode) {
    await rm(kept, { force: true });
    await link(target, kept);
  }
  await syncFolder(folder);
}

/** The folders of kept versions: of all targets beside this one, and in it of this one. */
function versionsOf(target: string): [string, string] {
  const all = join(dirname(target), VERSIONS_FOLDER);
  return [all, join(all, basename(target))];
}

/** Makes a folder where there is none; a link to one may lead out of the data roots. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  if (await isFolder(path)) return;
  const reason = `${path} is for kept versions and must be a folder, not a link or a file`;
  throw new EtlError('JOB_FAILED', { reason });
}

async function isFolder(path: string): Promise<boolean> {
  return (await entryAt(path))?.isDirectory() ?? false;
}

/** What stands at `path` itself: a link is not followed. */
async function entryAt(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
