import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.js';
import { isAlive } from '../../jobs/run-folder.js';
import { atExit } from './exit.js';

/** In a folder: the paths outside of it that its pipeline is writing, one a line. */
const OUTSIDE = 'outside';

/**
 * The folder of one pipeline. What lies there, and what the pipeline stages beside its target, is
 * gone when it is closed, or when the process exits or is ended by a signal. After a SIGKILL the
 * next pipeline with the same state folder removes it.
 */
export class PipelineFolder {
  readonly path: string;
  readonly #outside: string[] = [];
  readonly #keep: () => void;

  private constructor(path: string) {
    this.path = path;
    this.#keep = atExit(() => {
      for (const one of this.#all) rmSync(one, { recursive: true, force: true });
    });
  }

  /** Makes one, after those of processes that are no more were removed. */
  static async open(stateDir: string): Promise<PipelineFolder> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(stateDir)) {
      const [, pid] = /^pipeline-(\d+)-/.exec(name) ?? [];
      if (pid !== undefined && !isAlive(Number(pid))) await sweep(join(stateDir, name));
    }
    return new PipelineFolder(await mkdtemp(join(stateDir, `pipeline-${process.pid}-`)));
  }

  /** Makes a path outside one of its own, before anything is written there. */
  async adopt(path: string): Promise<void> {
    this.#outside.push(path);
    await writeFile(join(this.path, OUTSIDE), this.#outside.join('\n'));
  }

  async remove(): Promise<void> {
    for (const one of this.#all) await rm(one, { recursive: true, force: true });
    this.#keep();
  }

  get #all(): string[] {
    return [...this.#outside, this.path];
  }
}

async function sweep(folder: string): Promise<void> {
  const paths = await readFile(join(folder, OUTSIDE), 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  for (const path of [...paths.split('\n').filter(Boolean), folder]) {
    await rm(path, { recursive: true, force: true });
  }
}
