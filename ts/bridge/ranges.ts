/** A part of a memory. */
export interface Range {
  offset: number;
  length: number;
}

/**
 * Which ranges of a memory are taken: first fit, lowest offset first, neighbours joined when freed.
 *
 * It knows numbers only. Lengths are the caller's to align.
 */
export class Ranges {
  readonly #taken = new Map<number, number>();
  /** Sorted by offset, never adjacent. */
  readonly #free: Range[];

  constructor(whole: Readonly<Range>) {
    this.#free = [{ ...whole }];
  }

  /** How many ranges are taken. */
  get size(): number {
    return this.#taken.size;
  }

  /** What is not taken, by offset. */
  get free(): readonly Readonly<Range>[] {
    return this.#free;
  }

  /** Takes a range; its offset, or undefined when no free one is as long. */
  take(length: number): number | undefined {
    const index = this.#free.findIndex((range) => range.length >= length);
    const range = this.#free[index];
    if (range === undefined) return undefined;
    const { offset } = range;
    if (range.length === length) this.#free.splice(index, 1);
    else this.#free[index] = { offset: offset + length, length: range.length - length };
    this.#taken.set(offset, length);
    return offset;
  }

  /** Gives back what lies behind the first `length` bytes of a taken range. */
  trim(offset: number, length: number): void {
    const taken = this.#lengthAt(offset);
    if (length === taken) return;
    this.#taken.set(offset, length);
    this.#join({ offset: offset + length, length: taken - length });
  }

  /** Gives a range back. */
  give(offset: number): void {
    const length = this.#lengthAt(offset);
    this.#taken.delete(offset);
    this.#join({ offset, length });
  }

  #lengthAt(offset: number): number {
    const length = this.#taken.get(offset);
    if (length === undefined) throw new RangeError(`no taken range starts at ${offset}`);
    return length;
  }

  #join(range: Range): void {
    const after = this.#free.findIndex(({ offset }) => offset > range.offset);
    const index = after === -1 ? this.#free.length : after;
    const previous = this.#free[index - 1];
    const next = this.#free[index];
    const touchesNext = next !== undefined && range.offset + range.length === next.offset;
    if (touchesNext) range.length += next.length;
    if (previous !== undefined && previous.offset + previous.length === range.offset) {
      previous.length += range.length;
      if (touchesNext) this.#free.splice(index, 1);
    } else {
      this.#free.splice(index, touchesNext ? 1 : 0, range);
    }
  }
}
