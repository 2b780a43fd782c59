import { UNICODE_PROPERTIES } from '../generated/formats.js';

const MAX_DEPTH = 100;
const SYNTAX: ReadonlySet<string> = new Set('^$\\.*+?()[]{}|/');
const COUNT = /\{([0-9]+)(?:(,)([0-9]*))?\}/uy;
const NAME = /<([A-Za-z_$\u{80}-\u{10ffff}][A-Za-z0-9_$\u{80}-\u{10ffff}]*)>/uy;
const PROPERTY = /\{(?:(\w+)=)?(\w+)\}/uy;
const SCRIPT = /^[A-Z][A-Za-z_]*$/u;
const HEX = /u\{0*([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})/uy;
const CONTROLS: Readonly<Record<string, number>> = { f: 12, n: 10, r: 13, t: 9, v: 11 };

class Refused extends Error {}

/**
 * Whether a text is a regular expression of ECMA-262 with the flag `u` (ES2024, without `v`).
 *
 * Names of scripts are not looked up, and groups end at 100 deep. The twin of
 * `py/etl_polyglot/schema/regex/syntax.py`, line by line: engines of different age would not say
 * the same.
 */
export function isRegularExpression(text: string): boolean {
  const reader = new Reader(text);
  try {
    reader.alternatives(0);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
  return (
    reader.at === text.length &&
    reader.largestReference <= reader.groups &&
    [...reader.references].every((name) => reader.names.has(name))
  );
}

class Reader {
  readonly #text: string;
  at = 0;
  groups = 0;
  largestReference = 0;
  readonly names = new Set<string>();
  readonly references = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  alternatives(depth: number): void {
    if (depth > MAX_DEPTH) throw new Refused();
    while (this.at < this.#text.length && this.#text[this.at] !== ')') {
      if (!this.#accept('|')) this.#term(depth);
    }
  }

  #accept(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  #acceptOne(texts: readonly string[]): boolean {
    return texts.some((text) => this.#accept(text));
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.#text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  #take(): string {
    const code = this.#text.codePointAt(this.at);
    if (code === undefined) throw new Refused();
    const char = String.fromCodePoint(code);
    this.at += char.length;
    return char;
  }

  #term(depth: number): void {
    if (this.#acceptOne(['^', '$', '\\b', '\\B'])) return;
    if (this.#acceptOne(['(?=', '(?!', '(?<=', '(?<!'])) {
      this.#group(depth);
      return;
    }
    this.#atom(depth);
    this.#quantifier();
  }

  #quantifier(): void {
    if (!this.#acceptOne(['*', '+', '?'])) {
      const found = this.#match(COUNT);
      if (found === null) return;
      if (found[3] && BigInt(found[3]) < BigInt(found[1] ?? 0)) throw new Refused();
    }
    this.#accept('?');
  }

  #atom(depth: number): void {
    const char = this.#take();
    if (char === '(') this.#openGroup(depth);
    else if (char === '[') this.#charClass();
    else if (char === '\\') this.#atomEscape();
    else if (char !== '.' && SYNTAX.has(char) && char !== '/') throw new Refused();
  }

  #openGroup(depth: number): void {
    if (!this.#accept('?:')) {
      this.groups += 1;
      if (this.#accept('?')) {
        const name = this.#match(NAME)?.[1];
        if (name === undefined || this.names.has(name)) throw new Refused();
        this.names.add(name);
      }
    }
    this.#group(depth);
  }

  #group(depth: number): void {
    this.alternatives(depth + 1);
    if (!this.#accept(')')) throw new Refused();
  }

  #atomEscape(): void {
    if (this.#accept('k')) {
      const name = this.#match(NAME)?.[1];
      if (name === undefined) throw new Refused();
      this.references.add(name);
      return;
    }
    const start = this.at;
    while (isDigit(this.#text[this.at])) this.at += 1;
    const digits = this.#text.slice(start, this.at);
    if (digits !== '' && digits[0] !== '0') {
      this.largestReference = Math.max(this.largestReference, Number(digits.slice(0, 9)));
    } else if (digits !== '' && digits !== '0') {
      throw new Refused();
    } else if (digits === '' && !this.#setEscape()) {
      this.#characterEscape();
    }
  }

  /** Takes what stands for a set of characters. */
  #setEscape(): boolean {
    if (this.#acceptOne([...'dDsSwW'])) return true;
    if (!this.#acceptOne(['p', 'P'])) return false;
    const found = this.#match(PROPERTY);
    if (found === null || !isProperty(found[1], found[2] ?? '')) throw new Refused();
    return true;
  }

  #characterEscape(): number {
    const found = this.#match(HEX);
    if (found !== null) {
      const code = Number.parseInt(found[1] ?? found[2] ?? found[3] ?? '', 16);
      if (code > 0x10ffff) throw new Refused();
      return code;
    }
    const char = this.#take();
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (char === 'c') {
      const letter = this.#take();
      if (!/^[A-Za-z]$/u.test(letter)) throw new Refused();
      return letter.charCodeAt(0) % 32;
    }
    if (!SYNTAX.has(char)) throw new Refused();
    return char.charCodeAt(0);
  }

  #charClass(): void {
    this.#accept('^');
    while (!this.#accept(']')) {
      const first = this.#classAtom();
      if (this.#text.startsWith('-', this.at) && !this.#text.startsWith('-]', this.at)) {
        this.at += 1;
        const last = this.#classAtom();
        if (first === undefined || last === undefined || first > last) throw new Refused();
      }
    }
  }

  /** Takes one character or set of a class; undefined for a set. */
  #classAtom(): number | undefined {
    const char = this.#take();
    if (char !== '\\') return char.codePointAt(0);
    if (this.#accept('b')) return 8;
    if (this.#accept('-')) return 0x2d;
    if (this.#accept('0')) {
      if (isDigit(this.#text[this.at])) throw new Refused();
      return 0;
    }
    return this.#setEscape() ? undefined : this.#characterEscape();
  }
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function isProperty(name: string | undefined, value: string): boolean {
  const { binary, category } = UNICODE_PROPERTIES;
  const has = (names: readonly string[]) => names.includes(value);
  if (name === undefined) return has(binary) || has(category);
  if (name === 'gc' || name === 'General_Category') return has(category);
  return ['sc', 'Script', 'scx', 'Script_Extensions'].includes(name) && SCRIPT.test(value);
}
