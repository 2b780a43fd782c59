import { join } from 'node:path';
import type { ErrorRecord } from '../../schema/validate.js';
import { AppendFile } from '../saved/append-file.js';
import type { PipelineFolder } from '../saved/folder.js';
import { putInPlace } from '../saved/publication.js';
import type { Origin } from './custody.js';

/** A file with a line for every error of every rejected record. */
export class DeadLetters {
  readonly #file: AppendFile;
  readonly #path: string;
  readonly #folder: PipelineFolder;

  private constructor(file: AppendFile, path: string, folder: PipelineFolder) {
    this.#file = file;
    this.#path = path;
    this.#folder = folder;
  }

  /** @param path - where the file is put at the end. */
  static async open(path: string, folder: PipelineFolder): Promise<DeadLetters> {
    const file = await AppendFile.create(join(folder.path, 'dead-letters.ndjson'));
    return new DeadLetters(file, path, folder);
  }

  /**
   * Adds the errors of a chunk.
   *
   * @param origin - says where its rows stood among all that the pipeline was given.
   * @param raw - gives a row of it as JSON text.
   */
  async add(
    errors: readonly ErrorRecord[],
    origin: Origin,
    raw: (index: number) => string,
  ): Promise<void> {
    const lines = errors.map((error) => {
      const place = error.index;
      const stage = error.keyword === 'cast' ? 'cast' : 'validate';
      const line = { ...error, index: origin.indexOf(place), stage, raw: raw(place) };
      return `${JSON.stringify(line)}\n`;
    });
    await this.#file.append(Promise.resolve(Buffer.from(lines.join(''))));
  }

  /** Puts the file in its place. */
  async publish(): Promise<void> {
    await this.#file.settled();
    await putInPlace(this.#file.path, this.#path, this.#folder);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
