import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import type { Request, Response } from 'express';
import { MemoryCredits } from '../bridge/credits.js';
import { EtlError } from '../errors.js';
import { parseJson } from '../pipeline/parse-json.js';
import { closeSignal } from './close-signal.js';

/** The most bytes that a JSON body may have, and the most values: their memory is bounded, too. */
export const BODY_LIMIT = 64 * 2 ** 20;
const MOST_VALUES = 10_000_000;

/** The part of ETL_MEMORY_LIMIT that large bodies may take. */
const SHARE_OF_BODIES = 1 / 16;
/** Parsed, a body of nothing but empty objects takes twenty times its bytes of Node's heap. */
const SHARE_OF_HEAP = 1 / 24;

/** Bodies up to this size never wait for larger ones, and share memory of their own. */
const SMALL_BODY = 2 ** 16;
const MEMORY_OF_SMALL = 256 * SMALL_BODY;
/** How long a body may wait for others to be answered. */
const WAIT_MS = 10_000;

/** How many bytes of large bodies may be taken in at a time; one of the largest at least. */
export function memoryOfBodies(memoryLimit: number): number {
  const heap = getHeapStatistics().heap_size_limit * SHARE_OF_HEAP;
  return Math.floor(Math.max(BODY_LIMIT, Math.min(memoryLimit * SHARE_OF_BODIES, heap)));
}

/** Reads JSON bodies, of which only so many bytes are taken in at a time. */
export class JsonBodies {
  readonly #large: MemoryCredits;
  readonly #small = new MemoryCredits(MEMORY_OF_SMALL);
  readonly #waitMs: number;

  /**
   * @param memory - the bytes that large bodies may take together, each until it was answered.
   * @param waitMs - how long a body may wait for others to be answered.
   */
  constructor(memory: number, waitMs = WAIT_MS) {
    this.#large = new MemoryCredits(memory);
    this.#waitMs = waitMs;
  }

  /** How many bytes large bodies may take, and take now; how many of them wait. */
  status(): { limit: number; used: number; waiting: number } {
    const { limit, used, waiting } = this.#large.status();
    return { limit, used, waiting };
  }

  /**
   * Reads a JSON body.
   *
   * A body that is too large is refused by its Content-Length before a byte is read, or as soon as
   * it has passed the limit; Express's own parser would read it to its end first. A large body is
   * left with its sender until there is room for it; one without a Content-Length counts as the
   * largest until it is there.
   *
   * @throws EtlError `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE` or `MALFORMED_JSON`; BridgeError
   *   `OVERLOADED` when it has waited too long, `CANCELLED` when its sender has gone.
   */
  async read(request: Request, response: Response, limit = BODY_LIMIT): Promise<unknown> {
    assertMediaType(request);
    const bytes = announcedBytes(request.headers) ?? limit;
    if (bytes > limit) throw tooLarge(limit);
    const text = await (bytes > SMALL_BODY
      ? this.#readLarge(bytes, request, response, limit)
      : this.#readSmall(request, response, limit));
    return parseJson(text, MOST_VALUES);
  }

  async #readLarge(bytes: number, request: Request, response: Response, limit: number) {
    const credit = await this.#reserve(this.#large, bytes, request, response);
    const text = await readAll(request, limit);
    if (!response.closed) credit.resize(text.length);
    return text;
  }

  /** While it comes in, a small body holds nothing that others wait for: its sender may be slow. */
  async #readSmall(request: Request, response: Response, limit: number) {
    const text = await readAll(request, limit);
    await this.#reserve(this.#small, text.length, request, response);
    return text;
  }

  async #reserve(memory: MemoryCredits, bytes: number, request: Request, response: Response) {
    const method = `${request.method} ${request.path}`;
    const signal = closeSignal(response);
    const credit = await memory.take(bytes, { method, signal, waitMs: this.#waitMs });
    const give = () => credit.give();
    if (response.closed) give();
    else response.once('close', give);
    return credit;
  }
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

/** What the headers say of the size of the body, if they do. */
function announcedBytes(headers: IncomingMessage['headers']): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
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
