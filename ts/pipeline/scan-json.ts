const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [COMMA, COLON] = [0x2c, 0x3a];
const [LOWER_D, UPPER_D] = [0x64, 0x44];

/** How many arrays and objects may lie in each other. */
const DEEPEST = 64;

/**
 * Looks over JSON text, before it is parsed, for what `JSON.parse` lets through and later steps
 * cannot bear: nesting too deep for any recursive walk, too many values for the memory, and half
 * a surrogate pair.
 *
 * @param text - valid UTF-8; what is not JSON is left for the parser to find.
 * @returns what is wrong, or how many members its objects have as they are written.
 */
export function scanJson(text: Buffer, mostValues: number): string | number {
  let depth = 0;
  let values = 0; // As many as commas and brackets, give or take the empty ones.
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) {
      const string = scanString(text, at);
      if (string.hasSurrogate && isHalfPair(text.toString('utf8', at, string.end + 1))) {
        return `the string at byte ${at} has half of a surrogate pair`;
      }
      at = string.end;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++;
      values++;
      if (depth > DEEPEST) return `it is nested more than ${DEEPEST} levels deep at byte ${at}`;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    else if (byte === COMMA) values++;
    else if (byte === COLON) members++;
    if (values > mostValues) return `it holds more than ${mostValues} values`;
  }
  return members;
}

/** Where the string ends that begins at `start`, and whether it may write a surrogate. */
function scanString(text: Buffer, start: number): { end: number; hasSurrogate: boolean } {
  let hasSurrogate = false;
  let end = start + 1;
  for (; end < text.length && text[end] !== QUOTE; end++) {
    if (text[end] !== BACKSLASH) continue;
    end++;
    const second = text[end + 1];
    // Only \uD8xx to \uDFxx write surrogates; this also takes \uD0xx, which costs one parse.
    if (second === LOWER_D || second === UPPER_D) hasSurrogate = true;
  }
  return { end, hasSurrogate };
}

function isHalfPair(literal: string): boolean {
  try {
    return /\p{Surrogate}/u.test(JSON.parse(literal) as string);
  } catch {
    return false; // Not a JSON string: the parser will say so, with its place.
  }
}
