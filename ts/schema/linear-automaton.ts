import { CharacterClasses } from './character-classes.js';
import type { Program } from './linear-program.js';

/** A set of states, a bit for each, 32 to a word. */
export type Bits = Int32Array;

/** Of how many states a table says at once what comes next. */
export const GROUP = 8;
const SUBSETS = 1 << GROUP;

/**
 * Glushkov's automaton of a program: a state for each set of characters in it, and two more that
 * say that the pattern is found, the last one only if the text ends there.
 */
export interface LinearAutomaton {
  /** How many words a set of states takes. */
  readonly words: number;
  readonly found: number;
  readonly foundAtEnd: number;
  /** The states that may take the first character of a text, and a first one behind it. */
  readonly atStart: Bits;
  readonly later: Bits;
  /** By the characters' classes, the states that take one. */
  readonly classes: CharacterClasses;
  readonly takers: Bits;
  /** By groups of states and the subsets of each, the states that come next. */
  readonly next: Bits;
}

export function automatonOf(program: Program): LinearAutomaton {
  const sets = [...program.entries()].flatMap(([at, one]) =>
    one.kind === 'set' ? [{ at, ranges: one.ranges }] : [],
  );
  const found = sets.length;
  const words = Math.ceil((found + 2) / 32);
  const states = new Map(sets.map(({ at }, state) => [at, state]));
  const behind = (at: number, isStart: boolean): Bits => {
    const bits = new Int32Array(words);
    for (const end of [false, true]) {
      for (const reached of reachable(program, at, isStart, end)) {
        add(bits, states.get(reached) ?? found + Number(end));
      }
    }
    return bits;
  };
  const classes = new CharacterClasses(sets.map(({ ranges }) => ranges));
  const takers = new Int32Array(classes.size * words);
  for (const [state, { ranges }] of sets.entries()) {
    for (const one of classes.within(ranges)) {
      add(takers.subarray(one * words, (one + 1) * words), state);
    }
  }
  return {
    words,
    found,
    foundAtEnd: found + 1,
    atStart: behind(0, true),
    later: behind(0, false),
    classes,
    takers,
    next: subsets(
      sets.map(({ at }) => behind(at + 1, false)),
      words,
    ),
  };
}

function add(bits: Bits, state: number): void {
  bits[state >>> 5] = (bits[state >>> 5] ?? 0) | (1 << (state & 31));
}

/** The sets, and the program's end, that come next without a character between. */
function* reachable(program: Program, from: number, isStart: boolean, isEnd: boolean) {
  const seen = new Set<number>();
  const rest = [from];
  for (let at = rest.pop(); at !== undefined; at = rest.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program[at];
    if (instruction === undefined) yield at;
    else if (instruction.kind === 'split') rest.push(...instruction.targets);
    else if (instruction.kind === 'set') {
      if (!isEnd) yield at;
    } else if (instruction.kind === 'start' ? isStart : isEnd) rest.push(at + 1);
  }
}

/** The unions of what comes next, for all subsets of each group of states. */
function subsets(next: readonly Bits[], words: number): Bits {
  const table = new Int32Array(Math.ceil(next.length / GROUP) * SUBSETS * words);
  for (const [state, bits] of next.entries()) {
    const group = Math.floor(state / GROUP) * SUBSETS;
    const own = 1 << (state % GROUP);
    // Those of the states before it are there already.
    for (let others = 0; others < own; others += 1) {
      const from = (group + others) * words;
      const to = (group + others + own) * words;
      for (let word = 0; word < words; word += 1) {
        table[to + word] = (table[from + word] as number) | (bits[word] as number);
      }
    }
  }
  return table;
}
