import { type Body, capacityOf, type WritableBody, writeBody } from '../../bridge/body.js';
import { PROTOCOL } from '../../generated/protocol.js';

/** Where something lies in a body: its offset and its length. */
export type Range = readonly [offset: number, length: number];

/** Several bodies, one behind the other, each where arrays may lie. */
export class PackedBody implements WritableBody {
  /** Where each lies; known once they are written. */
  readonly ranges: Record<string, Range> = {};
  readonly #bodies: ReadonlyMap<string, Body>;

  constructor(bodies: ReadonlyMap<string, Body>) {
    this.#bodies = bodies;
  }

  get capacity(): number {
    let end = 0;
    for (const body of this.#bodies.values()) end = aligned(end) + capacityOf(body);
    return end;
  }

  write(target: Uint8Array): number | undefined {
    let end = 0;
    for (const [name, body] of this.#bodies) {
      const start = aligned(end);
      const length = writeBody(body, target.subarray(start));
      if (length === undefined) return undefined;
      this.ranges[name] = [start, length];
      end = start + length;
    }
    return end;
  }
}

function aligned(offset: number): number {
  const { slotAlignmentBytes } = PROTOCOL;
  return Math.ceil(offset / slotAlignmentBytes) * slotAlignmentBytes;
}
