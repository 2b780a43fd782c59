import type { Ranges } from './character-classes.js';

/** One step of a program: take a character of a set, go on at several places, or an anchor. */
export type Instruction =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'split'; readonly targets: readonly number[] }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** A regular expression as instructions; whoever comes behind the last has found it. */
export type Program = readonly Instruction[];

/** A piece of a program, with its targets counted from its own beginning. */
type Piece = readonly Instruction[];

/** Reads the portable form of a pattern, which the schema compiler writes. */
export function parseProgram(portable: string): Program {
  return new Reader(portable).alternatives();
}

const LAST_CODE_POINT = 0x10ffff;

class Reader {
  readonly #text: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = [...text];
  }

  alternatives(): Piece {
    const branches = [this.#sequence()];
    while (this.#accept('|')) branches.push(this.#sequence());
    return branches.reduceRight((later, branch) => either(branch, later));
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; ) {
      pieces.push(this.#quantified(this.#atom()));
      next = this.#peek();
    }
    return joined(pieces);
  }

  #atom(): Piece {
    const char = this.#take();
    if (char === '^') return [{ kind: 'start' }];
    if (char === '$') return [{ kind: 'end' }];
    if (char === '[') return [this.#set()];
    if (char === '(') {
      this.#at += 2; // ?:
      const inner = this.alternatives();
      this.#at += 1;
      return inner;
    }
    const code = this.#code(char);
    return [{ kind: 'set', ranges: [[code, code]] }];
  }

  #set(): Instruction {
    const negated = this.#accept('^');
    const ranges: [number, number][] = [];
    while (!this.#accept(']')) {
      const low = this.#code(this.#take());
      const high = this.#accept('-') ? this.#code(this.#take()) : low;
      ranges.push([low, high]);
    }
    const sorted = merged(ranges);
    return { kind: 'set', ranges: negated ? outside(sorted) : sorted };
  }

  /** A character as it stands, or what follows a backslash. */
  #code(char: string): number {
    if (char !== '\\') return char.codePointAt(0) ?? 0;
    const escaped = this.#take();
    if (escaped !== 'x') return escaped.codePointAt(0) ?? 0;
    const end = this.#text.indexOf('}', this.#at);
    const digits = this.#text.slice(this.#at + 1, end).join('');
    this.#at = end + 1;
    return Number.parseInt(digits, 16);
  }

  #quantified(piece: Piece): Piece {
    if (this.#accept('*')) return loop(piece);
    if (this.#accept('+')) return joined([piece, loop(piece)]);
    if (this.#accept('?')) return either(piece, []);
    if (!this.#accept('{')) return piece;
    const end = this.#text.indexOf('}', this.#at);
    const [least = 0, most] = this.#text.slice(this.#at, end).join('').split(',').map(Number);
    const isOpen = this.#text[end - 1] === ',';
    this.#at = end + 1;
    const copies = Array.from({ length: least }, () => piece);
    if (isOpen) return joined([...copies, loop(piece)]);
    let optional: Piece = [];
    for (let count = least; count < (most ?? least); count += 1) {
      optional = either(joined([piece, optional]), []);
    }
    return joined([...copies, optional]);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(): string {
    const char = this.#text[this.#at];
    if (char === undefined) throw new SyntaxError('the pattern is not in its portable form');
    this.#at += 1;
    return char;
  }

  #accept(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }
}

function moved(piece: Piece, by: number): Piece {
  return piece.map((one) =>
    one.kind === 'split' ? { ...one, targets: one.targets.map((target) => target + by) } : one,
  );
}

function joined(pieces: readonly Piece[]): Piece {
  const result: Instruction[] = [];
  for (const piece of pieces) result.push(...moved(piece, result.length));
  return result;
}

function either(first: Piece, second: Piece): Piece {
  const behind = first.length + 2;
  return [
    { kind: 'split', targets: [1, behind] },
    ...moved(first, 1),
    { kind: 'split', targets: [behind + second.length] },
    ...moved(second, behind),
  ];
}

function loop(piece: Piece): Piece {
  return [
    { kind: 'split', targets: [1, piece.length + 2] },
    ...moved(piece, 1),
    { kind: 'split', targets: [0] },
  ];
}

/** Ranges in order, those that overlap as one. */
function merged(ranges: [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [low, high] of ranges.sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1]) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}

function outside(ranges: Ranges): Ranges {
  const result: [number, number][] = [];
  let next = 0;
  for (const [low, high] of ranges) {
    if (low > next) result.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= LAST_CODE_POINT) result.push([next, LAST_CODE_POINT]);
  return result;
}
