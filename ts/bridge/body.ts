/**
 * A body that writes itself to where it is to lie: its bytes exist nowhere else first.
 *
 * @example
 * const body: WritableBody = {
 *   capacity: 8 * numbers.length,
 *   write: (target) => {
 *     new Float64Array(target.buffer, target.byteOffset, numbers.length).set(numbers);
 *     return 8 * numbers.length;
 *   },
 * };
 */
export interface WritableBody {
  /** How many bytes to reserve. */
  readonly capacity: number;
  /**
   * Writes the body to the start of `target`, which is aligned to 64 bytes in its buffer and has
   * `capacity` bytes or more. It may hold anything before. Called again when a call is sent again.
   *
   * @returns How many bytes the body takes; undefined when they do not suffice, after which
   *   `capacity` is larger and `write` is called again.
   */
  write(target: Uint8Array): number | undefined;
}

/** What a call or a chunk carries beside its value: bytes, or what writes them. */
export type Body = Uint8Array | WritableBody;

/** How many bytes must be reserved for a body. */
export function capacityOf(body: Body): number {
  return body instanceof Uint8Array ? body.length : body.capacity;
}

/**
 * Writes a body to the start of `target`.
 *
 * @returns How many bytes it took, or undefined when it needs a larger target.
 * @throws Error when the body claims more bytes than it was given, or asks for no more than it had.
 */
export function writeBody(body: Body, target: Uint8Array): number | undefined {
  if (body instanceof Uint8Array) {
    target.set(body);
    return body.length;
  }
  const written = body.write(target);
  if (written === undefined && body.capacity <= target.length) {
    throw new Error(`a body found ${target.length} bytes too few but asks for ${body.capacity}`);
  }
  if (written !== undefined && written > target.length) {
    throw new Error(`a body says that it wrote ${written} bytes to ${target.length}`);
  }
  return written;
}

/** The bytes of a body, in memory of this process's own unless they lie there already. */
export function bytesOf(body: Body): Uint8Array {
  if (body instanceof Uint8Array) return body;
  for (;;) {
    const target = new Uint8Array(body.capacity);
    const written = writeBody(body, target);
    if (written !== undefined) return target.subarray(0, written);
  }
}
