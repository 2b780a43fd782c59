import { systemCode } from '../errors.js';
import { readLines } from '../pipeline/lines.js';

/** Lines of a rejects file, each one JSON text; `next` is the byte to go on from. */
export interface RejectsPage {
  readonly lines: string[];
  readonly next: number | undefined;
}

/**
 * Reads whole lines of a rejects file; a line that is still being written is left for later.
 *
 * @param path - the file; a file that is not there has no lines.
 * @param from - a byte where a line begins.
 * @param limit - how many lines at most.
 */
export async function readRejects(path: string, from: number, limit: number): Promise<RejectsPage> {
  const lines: string[] = [];
  let at = from;
  try {
    for await (const { line, isEnded } of readLines(path, from)) {
      if (!isEnded) break;
      if (lines.length === limit) return { lines, next: at };
      lines.push(line.toString('utf8'));
      at += line.length + 1;
    }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  return { lines, next: undefined };
}
