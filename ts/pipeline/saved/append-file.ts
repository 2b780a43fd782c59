import * as fs from 'node:fs';
import { promisify } from 'node:util';

const open = promisify(fs.open);
const write = promisify(fs.write);
const truncate = promisify(fs.ftruncate);
const close = promisify(fs.close);

/**
 * A file that grows by whole pieces, in the order in which they were announced.
 *
 * It holds a plain descriptor: Node warns when it collects a FileHandle that nobody closed, as
 * that of a pipeline that its program let go.
 */
export class AppendFile {
  readonly path: string;
  readonly #file: number;
  #length = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: number) {
    this.path = path;
    this.#file = file;
  }

  /** Makes the file, which must not be there yet. */
  static async create(path: string): Promise<AppendFile> {
    return new AppendFile(path, await open(path, 'wx', 0o600));
  }

  /**
   * Appends a piece behind all that were announced before, and only whole.
   *
   * @param piece - gives its bytes, which must not change until this resolves; when it rejects,
   *   nothing is appended.
   */
  append(piece: Promise<Uint8Array>): Promise<void> {
    piece.catch(() => undefined); // Thrown again where its turn has come.
    const appended = this.#last.then(async () => this.#write(await piece));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  /** Waits until all that were announced are there, or have failed. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async close(): Promise<void> {
    await this.#last;
    await close(this.#file);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        const part = bytes.subarray(written);
        const { bytesWritten } = await write(
          this.#file,
          part,
          0,
          part.length,
          this.#length + written,
        );
        written += bytesWritten;
      }
    } catch (error) {
      await truncate(this.#file, this.#length);
      throw error;
    }
    this.#length += bytes.length;
  }
}
