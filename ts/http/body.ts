import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { EtlError } from '../errors.js';
import { parseJson } from '../pipeline/parse-json.js';

/** The most bytes that a JSON body may have, and the most values: their memory is bounded, too. */
export const BODY_LIMIT = 64 * 2 ** 20;
const MOST_VALUES = 10_000_000;

/**
 * Reads a JSON body.
 *
 * A body that is too large is refused by its Content-Length before a byte is read, or as soon as
 * it has passed the limit; Express's own parser would read it to its end first.
 *
 * @throws EtlError `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE` or `MALFORMED_JSON`.
 */
export async function readJson(request: IncomingMessage, limit = BODY_LIMIT): Promise<unknown> {
  assertMediaType(request);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return parseJson(await readAll(request, limit), MOST_VALUES);
}

function assertMediaType({ headers }: IncomingMessage): void {
  const refuse = (received: string, expected: string) => {
    throw new EtlError('UNSUPPORTED_MEDIA_TYPE', { received, expected });
  };
  const type = headers['content-type'] ?? '(none)';
  if (!isJson(type)) refuse(type, 'application/json in UTF-8');
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    refuse(`${type} with Content-Encoding ${encoding}`, 'application/json without one');
  }
}

function isJson(type: string): boolean {
  try {
    const { essence, params } = new MIMEType(type);
    return essence === 'application/json' && /^utf-?8$/i.test(params.get('charset') ?? 'utf-8');
  } catch {
    return false; // Not a media type at all.
  }
}

async function readAll(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not destroy the socket: the problem is still to be sent on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(limit: number): EtlError {
  return new EtlError('PAYLOAD_TOO_LARGE', { limit });
}
