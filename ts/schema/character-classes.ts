/** Code points, from the first to the last of each range, in order and apart. */
export type Ranges = readonly (readonly [first: number, last: number])[];

const ASCII = 128;

/** The characters that sets tell apart: those of a class are in the same sets. */
export class CharacterClasses {
  readonly #firsts: Uint32Array;
  readonly #ofAscii: Uint32Array;

  constructor(sets: readonly Ranges[]) {
    const borders = new Set([0]);
    for (const [first, last] of [...new Set(sets)].flat()) {
      borders.add(first).add(last + 1);
    }
    this.#firsts = Uint32Array.from(borders).sort();
    this.#ofAscii = Uint32Array.from({ length: ASCII }, (_, code) => this.#search(code));
  }

  get size(): number {
    return this.#firsts.length;
  }

  /** The number of a character's class. */
  of(code: number): number {
    return code < ASCII ? (this.#ofAscii[code] as number) : this.#search(code);
  }

  /** The numbers of the classes that a set is made of. */
  *within(ranges: Ranges): Generator<number> {
    for (const [first, last] of ranges) {
      for (
        let one = this.#search(first);
        (this.#firsts[one] ?? Number.POSITIVE_INFINITY) <= last;
        one += 1
      ) {
        yield one;
      }
    }
  }

  #search(code: number): number {
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#firsts[middle] as number) <= code) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
