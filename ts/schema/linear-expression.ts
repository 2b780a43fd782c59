import { automatonOf, GROUP, type LinearAutomaton } from './linear-automaton.js';
import { parseProgram } from './linear-program.js';

/**
 * A regular expression that takes linear time on any text: all ways through it are followed at
 * once, as bits, so that a character takes the same few steps whatever came before it.
 */
export class LinearExpression {
  readonly #automaton: LinearAutomaton;

  /** @param portable a pattern in the portable form that the schema compiler writes. */
  constructor(portable: string) {
    this.#automaton = automatonOf(parseProgram(portable));
  }

  /** Whether the pattern is found anywhere in a text. */
  readonly test = (text: string): boolean => {
    const { words, atStart, later, found, foundAtEnd, classes, takers, next } = this.#automaton;
    const group = GROUP;
    const subsets = (1 << group) - 1;
    const isAnchored = later.every((word) => word === 0);
    const foundWord = found >>> 5;
    const foundBit = 1 << (found & 31);
    const reach = atStart.slice();
    const met = new Int32Array(words);
    for (let at = 0; at < text.length; at += 1) {
      if (((reach[foundWord] as number) & foundBit) !== 0) return true;
      const code = text.codePointAt(at) as number;
      if (code > 0xffff) at += 1;
      const taker = classes.of(code) * words;
      let any = 0;
      for (let word = 0; word < words; word += 1) {
        const bits = (reach[word] as number) & (takers[taker + word] as number);
        met[word] = bits;
        any |= bits;
        reach[word] = later[word] as number;
      }
      if (any === 0 && isAnchored) return false;
      for (let word = 0; word < words; word += 1) {
        let row = word * (32 / group) * (subsets + 1) * words;
        for (let rest = met[word] as number; rest !== 0; rest >>>= group) {
          const from = row + (rest & subsets) * words;
          for (let to = 0; to < words; to += 1) {
            reach[to] = (reach[to] as number) | (next[from + to] as number);
          }
          row += (subsets + 1) * words;
        }
      }
    }
    return [found, foundAtEnd].some(
      (state) => ((reach[state >>> 5] ?? 0) & (1 << (state & 31))) !== 0,
    );
  };
}
