import { constants } from 'node:fs';
import { access, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { EtlError, StartError, systemCode } from '../errors.js';
import { VERSIONS_FOLDER } from './publish.js';

type Field = 'source_path' | 'target_path';

/** Where a path leads: with every link resolved, and what stands there, if anything. */
interface Place {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other' | 'nothing';
}

/** A place, and the components of its path that do not exist yet. */
interface Resolved extends Place {
  readonly missing: readonly string[];
}

/** The folders that jobs may read and write, and the way every path of a request goes. */
export class DataRoots {
  readonly #roots: readonly { given: string; real: string }[];
  readonly #stateDir: string;

  private constructor(roots: readonly { given: string; real: string }[], stateDir: string) {
    this.#roots = roots;
    this.#stateDir = stateDir;
  }

  /**
   * @param roots - absolute paths of folders.
   * @param stateDir - the server's own folder, closed to jobs even where it lies in a root.
   * @throws StartError for each root that is not a folder.
   */
  static async open(roots: readonly string[], stateDir: string): Promise<DataRoots> {
    const found = await Promise.all(roots.map(openRoot));
    const missing = found.filter((root) => typeof root === 'string');
    if (missing.length > 0) throw new StartError(missing);
    return new DataRoots(
      found.filter((root) => typeof root !== 'string'),
      await realpath(stateDir),
    );
  }

  /**
   * Resolves a source: an existing, readable, regular file under a root.
   *
   * @throws EtlError `PATH_FORBIDDEN` or `SOURCE_NOT_FOUND`.
   */
  async source(path: string): Promise<string> {
    const place = await this.#resolve('source_path', path);
    if (place.kind === 'nothing') {
      throw new EtlError('SOURCE_NOT_FOUND', { path, cwd: process.cwd() });
    }
    if (place.kind !== 'file') throw this.#forbidden('source_path', path, 'is not a regular file');
    await this.#assertAccess('source_path', path, place.path, constants.R_OK);
    return place.path;
  }

  /**
   * Resolves a target: a regular file or nothing yet, in a folder that can be written, or that
   * can be made in one.
   *
   * @throws EtlError `PATH_FORBIDDEN`, or `TARGET_EXISTS` when there is a file and `ifExists`
   *   is `fail`.
   */
  async target(path: string, ifExists: 'replace' | 'fail'): Promise<string> {
    return (await this.#target(path, ifExists)).path;
  }

  /** Resolves a target as `target` does, and makes its folder where that is missing. */
  async targetInFolder(path: string, ifExists: 'replace' | 'fail'): Promise<string> {
    const { path: target, missing } = await this.#target(path, ifExists);
    await makeFolders(dirname(target), missing.length - 1).catch((error: unknown) => {
      const reason = `is in a folder that cannot be made (${systemCode(error)})`;
      throw this.#forbidden('target_path', path, reason);
    });
    return target;
  }

  async #target(path: string, ifExists: 'replace' | 'fail'): Promise<Resolved> {
    const place = await this.#resolve('target_path', path);
    const refuse = (reason: string) => this.#forbidden('target_path', path, reason);
    if (place.path.split(sep).includes(VERSIONS_FOLDER)) throw refuse('is for kept versions');
    if (path.endsWith('/') || (place.kind !== 'file' && place.kind !== 'nothing')) {
      throw refuse('does not name a regular file');
    }
    if (place.kind === 'file' && ifExists === 'fail') throw new EtlError('TARGET_EXISTS', { path });
    const folder = join(dirname(place.path), ...place.missing.slice(1).map(() => '..'));
    await this.#assertAccess('target_path', path, folder, constants.W_OK);
    return place;
  }

  /** Walks down from the root, one component after the other, so that no link leads out. */
  async #resolve(field: Field, path: string): Promise<Resolved> {
    if (path.includes('\0')) throw this.#forbidden(field, path, 'has a NUL character');
    const absolute = resolve(path);
    const [start] = this.#roots.flatMap(({ given, real }) =>
      [given, real].filter((root) => contains(root, absolute)).map((root) => ({ root, real })),
    );
    if (!start) throw this.#forbidden(field, path, 'lies outside them');
    const parts = relative(start.root, absolute).split(sep).filter(Boolean);
    let place: Place = { path: start.real, kind: 'folder' };
    let missing: readonly string[] = [];
    for (const [depth, part] of parts.entries()) {
      if (place.kind !== 'folder') throw this.#forbidden(field, path, 'passes through a file');
      place = await this.#step(field, path, join(place.path, part));
      if (place.kind === 'nothing') {
        missing = parts.slice(depth);
        place = { path: join(place.path, ...missing.slice(1)), kind: 'nothing' };
        break;
      }
    }
    if (contains(this.#stateDir, place.path)) {
      throw this.#forbidden(field, path, "lies in the server's own ETL_STATE_DIR");
    }
    return { ...place, missing };
  }

  async #step(field: Field, path: string, next: string): Promise<Place> {
    try {
      const entry = await lstat(next);
      if (!entry.isSymbolicLink()) return { path: next, kind: kindOf(entry) };
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOENT') return { path: next, kind: 'nothing' };
      throw this.#forbidden(field, path, `cannot be reached (${code})`);
    }
    const led = await realpath(next).catch(() => undefined);
    if (led === undefined) throw this.#forbidden(field, path, 'passes a link that leads nowhere');
    if (!this.#roots.some(({ real }) => contains(real, led))) {
      throw this.#forbidden(field, path, 'passes a link that leads out of them');
    }
    return { path: led, kind: kindOf(await stat(led)) };
  }

  async #assertAccess(field: Field, path: string, real: string, mode: number): Promise<void> {
    const verb = mode === constants.R_OK ? 'read' : 'written';
    await access(real, mode).catch((error: unknown) => {
      throw this.#forbidden(field, path, `cannot be ${verb} by the server (${systemCode(error)})`);
    });
  }

  #forbidden(field: Field, path: string, reason: string): EtlError {
    const roots = this.#roots.map(({ given }) => given).join(', ');
    return new EtlError(
      'PATH_FORBIDDEN',
      { field, path, reason, roots },
      { errors: [{ path: `/${field}`, field, message: reason }] },
    );
  }
}

async function openRoot(given: string): Promise<{ given: string; real: string } | string> {
  const problem = `ETL_DATA_ROOTS=${JSON.stringify(given)}: expected a folder that exists; make it, or name another`;
  try {
    const real = await realpath(given);
    return (await stat(real)).isDirectory() ? { given, real } : problem;
  } catch {
    return problem;
  }
}

/** Makes `folder` and as many folders above it as are missing, following no link. */
async function makeFolders(folder: string, missing: number): Promise<void> {
  if (missing <= 0) return;
  await makeFolders(dirname(folder), missing - 1);
  await mkdir(folder).catch((error: unknown) => {
    // Another job may have made it meanwhile.
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): Place['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}
