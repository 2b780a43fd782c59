/** Up to this length a loop over the characters beats the call into the native encoder. */
const SHORT_TEXT = 40;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What half of a surrogate pair comes to: it has no UTF-8. */
const NO_UTF8 = -1;

/**
 * Writes a text as UTF-8 where there is room for it.
 *
 * @param target - where to.
 * @param end - where in it the text begins.
 * @returns where the text ends, or would end, or a negative number when it has no UTF-8.
 */
export function appendText(target: Buffer, end: number, text: string): number {
  const { length } = text;
  // Writes beyond a typed array would do nothing, but slow down all others.
  if (length > SHORT_TEXT || end + length > target.length) return appendLong(target, end, text);
  let index = 0;
  for (; index < length - 3; index += 4) {
    const first = text.charCodeAt(index);
    const second = text.charCodeAt(index + 1);
    const third = text.charCodeAt(index + 2);
    const fourth = text.charCodeAt(index + 3);
    if ((first | second | third | fourth) > 0x7f) return appendUnicode(target, end, text, index);
    target[end + index] = first;
    target[end + index + 1] = second;
    target[end + index + 2] = third;
    target[end + index + 3] = fourth;
  }
  for (; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return appendUnicode(target, end, text, index);
    target[end + index] = code;
  }
  return end + length;
}

/** Tells where {@link appendText} would have a text end. */
export function measureText(_target: Buffer, end: number, text: string): number {
  const bytes = Buffer.byteLength(text);
  return bytes > text.length && LONE_SURROGATE.test(text) ? NO_UTF8 : end + bytes;
}

/** Goes on where the first characters, all of ASCII, are written. */
function appendUnicode(target: Buffer, begin: number, text: string, from: number): number {
  let end = begin + from;
  if (end + (text.length - from) * 3 > target.length) return appendLong(target, begin, text);
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) {
      target[end++] = code;
    } else if (code < 0x800) {
      target[end++] = 0xc0 | (code >> 6);
      target[end++] = 0x80 | (code & 0x3f);
    } else if (code < 0xd800 || code > 0xdfff) {
      target[end++] = 0xe0 | (code >> 12);
      target[end++] = 0x80 | ((code >> 6) & 0x3f);
      target[end++] = 0x80 | (code & 0x3f);
    } else {
      index += 1;
      const low = index < text.length ? text.charCodeAt(index) : 0;
      if (code > 0xdbff || low < 0xdc00 || low > 0xdfff) return NO_UTF8;
      const point = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      target[end++] = 0xf0 | (point >> 18);
      target[end++] = 0x80 | ((point >> 12) & 0x3f);
      target[end++] = 0x80 | ((point >> 6) & 0x3f);
      target[end++] = 0x80 | (point & 0x3f);
    }
  }
  return end;
}

function appendLong(target: Buffer, end: number, text: string): number {
  if (LONE_SURROGATE.test(text)) return NO_UTF8;
  // A UTF-16 unit takes three bytes at most.
  if (end + text.length * 3 <= target.length) return end + target.write(text, end);
  const length = Buffer.byteLength(text);
  if (end + length <= target.length) target.write(text, end);
  return end + length;
}
