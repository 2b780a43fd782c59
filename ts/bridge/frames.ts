import { crc32 } from 'node:zlib';
import { messageOf } from '../errors.js';
import { PROTOCOL } from '../generated/protocol.js';
import { BridgeError } from './errors.js';
import { IN_PIECES, tooLarge } from './too-large.js';

/** One message of the wire: a JSON header, and the body that lies behind it (empty when none does). */
export interface Frame {
  header: unknown;
  body: Uint8Array;
}

/** The bytes are not frames. There is no way back into step: the worker must be killed. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const EMPTY = new Uint8Array(0);

/**
 * The chunks to write for one frame: prefix and header, then the body as it is, uncopied.
 *
 * @param of - What errors call the call that it belongs to.
 * @throws BridgeError PAYLOAD_TOO_LARGE when the header or the body exceeds the protocol's limits,
 *   INVALID_REQUEST when a value of the header is not JSON.
 */
export function encodeFrame(header: object, of: string, body: Uint8Array = EMPTY): Uint8Array[] {
  const text = jsonOf(header, of);
  const headerBytes = Buffer.byteLength(text);
  if (headerBytes > PROTOCOL.maxHeaderBytes) {
    const advice = 'Send large data as a table or a body, or in pieces, as a stream';
    throw tooLarge(`What is sent of ${of} as JSON`, headerBytes, PROTOCOL.maxHeaderBytes, advice);
  }
  if (body.length > PROTOCOL.maxInlineBodyBytes) {
    throw tooLarge(`The body of ${of}`, body.length, PROTOCOL.maxInlineBodyBytes, IN_PIECES);
  }
  const head = Buffer.allocUnsafe(PROTOCOL.prefixBytes + headerBytes);
  head.write(text, PROTOCOL.prefixBytes);
  head.writeUInt32LE(PROTOCOL.magic, 0);
  head.writeUInt32LE(headerBytes, 4);
  head.writeUInt32LE(body.length, 8);
  head.writeUInt32LE(crc32(body, crc32(head.subarray(PROTOCOL.prefixBytes))), 12);
  return body.length === 0 ? [head] : [head, body];
}

function jsonOf(header: object, of: string): string {
  try {
    return JSON.stringify(header);
  } catch (cause) {
    const why = messageOf(cause);
    const advice = why.includes('BigInt') ? ' Send it as text.' : '';
    const reason = `A value of ${of} cannot be sent as JSON: ${why}.${advice}`;
    throw new BridgeError('INVALID_REQUEST', { reason }, { cause });
  }
}

/**
 * Turns the chunks of a pipe into frames, however they are cut.
 *
 * Lengths are checked before anything is allocated for them; header and body are each read into
 * one buffer of their exact size, so a body starts aligned and is copied once.
 */
export class FrameDecoder {
  readonly #prefix = Buffer.alloc(PROTOCOL.prefixBytes);
  #header: Buffer | undefined;
  #body: Uint8Array = EMPTY;
  #target: Uint8Array = this.#prefix;
  #filled = 0;

  /**
   * The frames that `chunk` completes, in order.
   *
   * @throws FrameError on a wrong magic number, an over-long length, a wrong checksum or a header
   *   that is not JSON. The decoder is of no use afterwards.
   */
  *push(chunk: Uint8Array): Generator<Frame, void> {
    let at = 0;
    while (at < chunk.length) {
      const taken = Math.min(chunk.length - at, this.#target.length - this.#filled);
      this.#target.set(chunk.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === this.#target.length) {
        const header = this.#advance();
        if (header !== undefined) yield this.#finish(header);
      }
    }
  }

  /** Moves on to the next part of the frame; gives the header when the frame is complete. */
  #advance(): Buffer | undefined {
    this.#filled = 0;
    if (this.#header === undefined) {
      this.#target = this.#header = this.#readPrefix();
      return undefined;
    }
    if (this.#target === this.#header && this.#body.length > 0) {
      this.#target = this.#body;
      return undefined;
    }
    return this.#header;
  }

  #readPrefix(): Buffer {
    const magic = this.#prefix.readUInt32LE(0);
    if (magic !== PROTOCOL.magic) {
      throw new FrameError(`not a frame: it starts with 0x${magic.toString(16).padStart(8, '0')}`);
    }
    const headerBytes = this.#prefix.readUInt32LE(4);
    if (headerBytes === 0 || headerBytes > PROTOCOL.maxHeaderBytes) {
      throw new FrameError(`a header of ${headerBytes} bytes (at most ${PROTOCOL.maxHeaderBytes})`);
    }
    const bodyBytes = this.#prefix.readUInt32LE(8);
    if (bodyBytes > PROTOCOL.maxInlineBodyBytes) {
      throw new FrameError(`a body of ${bodyBytes} bytes (at most ${PROTOCOL.maxInlineBodyBytes})`);
    }
    this.#body = bodyBytes === 0 ? EMPTY : new Uint8Array(bodyBytes);
    return Buffer.allocUnsafe(headerBytes);
  }

  #finish(header: Buffer): Frame {
    const body = this.#body;
    if (crc32(body, crc32(header)) !== this.#prefix.readUInt32LE(12)) {
      throw new FrameError('the checksum does not match');
    }
    this.#header = undefined;
    this.#body = EMPTY;
    this.#target = this.#prefix;
    try {
      return { header: JSON.parse(header.toString('utf8')), body };
    } catch (cause) {
      throw new FrameError('the header is not JSON', { cause });
    }
  }
}
