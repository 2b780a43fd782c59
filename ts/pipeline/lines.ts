import { open } from 'node:fs/promises';
import { systemCode } from '../errors.js';

const BLOCK_BYTES = 1 << 18;
const NEWLINE = 0x0a;

/**
 * Reads a file line by line, as bytes without their `\n`.
 *
 * @param from - the byte to begin at.
 * @returns each line, and whether a `\n` ended it: only the last can be without.
 */
export async function* readLines(
  path: string,
  from = 0,
): AsyncGenerator<{ line: Buffer; isEnded: boolean }> {
  const file = await open(path, 'r');
  try {
    let pieces: Buffer[] = [];
    for await (const block of file.createReadStream({ start: from, highWaterMark: BLOCK_BYTES })) {
      let rest = block as Buffer;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        yield { line: Buffer.concat([...pieces, rest.subarray(0, end)]), isEnded: true };
        pieces = [];
        rest = rest.subarray(end + 1);
      }
      if (rest.length > 0) pieces.push(rest);
    }
    if (pieces.length > 0) yield { line: Buffer.concat(pieces), isEnded: false };
  } finally {
    await file.close();
  }
}

/** Whether a line of the file can begin at a byte: at 0, or behind a `\n`. */
export async function isLineStart(path: string, at: number): Promise<boolean> {
  if (at === 0) return true;
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(1), position: at - 1 });
    return bytesRead === 1 && buffer[0] === NEWLINE;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
