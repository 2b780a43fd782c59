import { type Program, parseProgram } from './linear-program.js';

/** Cached states of an automaton before it is begun anew, and characters known to each. */
const MAX_STATES = 2_000;
const MAX_CHARACTERS = 1_000;
const FOUND = Symbol('found');

/** A state of the deterministic automaton: which instructions the next character meets. */
interface State {
  readonly waiting: readonly number[];
  /** Whether the text may end here. */
  readonly accepts: boolean;
  readonly next: Map<number, State | typeof FOUND>;
}

/**
 * A regular expression that takes linear time on any text: all ways through it are followed at
 * once, character by character, as states of an automaton that is built as far as texts need it.
 */
export class LinearExpression {
  readonly #program: Program;
  #states = new Map<string, State>();
  #start: State | typeof FOUND;

  /** @param portable a pattern in the portable form that the schema compiler writes. */
  constructor(portable: string) {
    this.#program = parseProgram(portable);
    this.#start = this.#closure([0], true);
  }

  /** Whether the pattern is found anywhere in a text. */
  readonly test = (text: string): boolean => {
    let state = this.#start;
    for (let at = 0; at < text.length && state !== FOUND; at += 1) {
      const code = text.codePointAt(at) ?? 0;
      if (code > 0xffff) at += 1;
      let next: State | typeof FOUND | undefined = state.next.get(code);
      if (next === undefined) {
        next = this.#step(state, code);
        if (state.next.size < MAX_CHARACTERS) state.next.set(code, next);
      }
      state = next;
    }
    return state === FOUND || state.accepts;
  };

  #step(state: State, code: number): State | typeof FOUND {
    const reached: number[] = [];
    for (const at of state.waiting) {
      const instruction = this.#program[at];
      if (instruction?.kind === 'set' && instruction.has(code)) reached.push(at + 1);
    }
    // A match may begin at any place: 0 is always among those to follow.
    return this.#closure([...reached, 0], false);
  }

  #closure(entries: readonly number[], isStart: boolean): State | typeof FOUND {
    const waiting: number[] = [];
    const ends: number[] = [];
    const seen = new Set<number>();
    const rest = [...entries];
    while (rest.length > 0) {
      const at = rest.pop() ?? 0;
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = this.#program[at];
      if (instruction === undefined) return FOUND;
      if (instruction.kind === 'set') waiting.push(at);
      else if (instruction.kind === 'split') rest.push(...instruction.targets);
      else if (instruction.kind === 'end') ends.push(at + 1);
      else if (isStart) rest.push(at + 1);
    }
    return this.#state(waiting, this.#endsThere(ends, isStart));
  }

  /** Whether the program comes to its end without another character. */
  #endsThere(entries: readonly number[], isStart: boolean): boolean {
    const seen = new Set<number>();
    const rest = [...entries];
    while (rest.length > 0) {
      const at = rest.pop() ?? 0;
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = this.#program[at];
      if (instruction === undefined) return true;
      if (instruction.kind === 'split') rest.push(...instruction.targets);
      else if (instruction.kind === 'end' || (instruction.kind === 'start' && isStart)) {
        rest.push(at + 1);
      }
    }
    return false;
  }

  #state(waiting: number[], accepts: boolean): State {
    const key = `${accepts} ${waiting.sort((a, b) => a - b).join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MAX_STATES) {
      this.#states = new Map();
      this.#start = this.#closure([0], true);
    }
    const state = { waiting, accepts, next: new Map() };
    this.#states.set(key, state);
    return state;
  }
}
