import { Message, type Schema } from 'apache-arrow';
import { BufferRegion, FieldNode, RecordBatch } from 'apache-arrow/ipc/metadata/message';

/** Boundaries that vector instructions like, as the Arrow format recommends. */
const ALIGNMENT = 64;
const CONTINUATION = 0xffff_ffff;
const PREFIX_BYTES = 8;
/** Stands in a message for a number that is not known yet, like no other eight bytes there. */
const UNKNOWN = 0x7a_6b_5c_4d_0000;

/** The message of no length that ends a stream. */
export const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** What is said of a record batch: its nodes as lengths and null counts, its buffers' places. */
export interface BatchDescription {
  readonly rows: number;
  readonly bodyLength: number;
  /** Length and count of nulls of each column, one after the other. */
  readonly nodes: readonly number[];
  /** Offset and length of each buffer, one after the other. */
  readonly buffers: readonly number[];
}

/** A length filled up so that what follows is aligned. */
export function aligned(length: number, alignment = ALIGNMENT): number {
  return Math.ceil(length / alignment) * alignment;
}

/**
 * What stands in a stream before the body of its one record batch: the messages of schema and batch.
 *
 * Both are made once; the numbers of a batch, all of eight bytes, are then filled in.
 */
export class StreamHead {
  readonly #bytes: Uint8Array;
  readonly #places: readonly number[];
  readonly #nodes: number;

  /**
   * @param nodes - how many columns there are, nested ones too, and how many `buffers`. A batch may
   *   have more of both: the last ones are then not spoken of.
   */
  constructor(schema: Schema, nodes: number, buffers: number) {
    this.#nodes = nodes;
    let unknowns = 0;
    const unknown = () => UNKNOWN + unknowns++;
    const rows = unknown();
    const bodyLength = unknown();
    const header = new RecordBatch(
      rows,
      Array.from({ length: nodes }, () => new FieldNode(unknown(), unknown())),
      Array.from({ length: buffers }, () => new BufferRegion(unknown(), unknown())),
      null,
    );
    const schemaMessage = framed(Message.encode(Message.from(schema)), 0);
    const batch = framed(Message.encode(Message.from(header, bodyLength)), schemaMessage.length);
    this.#bytes = Buffer.concat([schemaMessage, batch]);
    this.#places = placesOf(unknowns, this.#bytes, schemaMessage.length);
  }

  /** How long it is: such that what follows is aligned as the stream is. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Writes the messages, with these numbers of the batch. */
  write(target: Uint8Array, { rows, bodyLength, nodes, buffers }: BatchDescription): void {
    target.set(this.#bytes);
    const fields = new DataView(target.buffer, target.byteOffset, target.byteLength);
    const numbers = [rows, bodyLength, ...nodes.slice(0, 2 * this.#nodes), ...buffers];
    for (const [index, place] of this.#places.entries()) {
      const number = numbers[index] ?? 0;
      fields.setUint32(place, number, true);
      fields.setUint32(place + 4, number / 2 ** 32, true);
    }
  }
}

/** Where in a message the numbers stand that are not known yet: those of eight bytes are aligned. */
function placesOf(unknowns: number, bytes: Uint8Array, begin: number): number[] {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  for (let place = begin; place < bytes.byteLength; place += 8) {
    const index = Number(fields.getBigUint64(place, true)) - UNKNOWN;
    if (index >= 0 && index < unknowns) places[index] = place;
  }
  if (Object.keys(places).length < unknowns) {
    throw new Error('the message of a record batch lacks one of its numbers');
  }
  return places;
}

/** A message as it stands in a stream, with what follows aligned. */
function framed(message: Uint8Array, before: number): Uint8Array {
  const end = before + PREFIX_BYTES + message.length;
  const frame = new Uint8Array((before === 0 ? aligned(end, 8) : aligned(end)) - before);
  const prefix = new DataView(frame.buffer);
  prefix.setUint32(0, CONTINUATION, true);
  prefix.setInt32(4, frame.length - PREFIX_BYTES, true);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
