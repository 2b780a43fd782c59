import { IDNA } from '../generated/idna.js';

type SetName = keyof typeof IDNA;

const [BASE, LEAST, MOST, SKEW, DAMP] = [36, 1, 26, 38, 700];

/**
 * Whether a label of a host name that begins with `xn--`, in lower case, stands for a valid one:
 * Punycode, and the rules of RFC 5892.
 *
 * The twin of `py/etl_polyglot/schema/idna.py`. The Bidi rule of RFC 5893 is not checked.
 */
export function isALabel(label: string): boolean {
  const points = decodePunycode(label.slice(4));
  if (points === undefined || points.every((point) => point < 0x80)) return false;
  const text = String.fromCodePoint(...points);
  return (
    !(points[2] === 0x2d && points[3] === 0x2d) &&
    !isIn('marks', points[0]) &&
    text.normalize('NFC') === text &&
    points.every((_, at) => fits(points, at))
  );
}

/** The code points that a Punycode text stands for (RFC 3492); undefined for none. */
export function decodePunycode(text: string): number[] | undefined {
  const dash = text.lastIndexOf('-');
  const points = [...text.slice(0, Math.max(dash, 0))].map((char) => char.charCodeAt(0));
  const tail = text.slice(dash + 1);
  let [code, place, bias, at] = [0x80, 0, 72, 0];
  while (at < tail.length) {
    const start = place;
    for (let weight = 1, step = BASE; ; step += BASE) {
      if (at === tail.length) return undefined;
      const digit = digitOf(tail.charCodeAt(at));
      at += 1;
      place += digit * weight;
      const threshold = Math.min(Math.max(step - bias, LEAST), MOST);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = points.length + 1;
    bias = adapted(place - start, count, start === 0);
    code += Math.floor(place / count);
    place %= count;
    if (!(code <= 0x10ffff) || (code >= 0xd800 && code < 0xe000)) return undefined;
    points.splice(place, 0, code);
    place += 1;
  }
  return points;
}

function digitOf(code: number): number {
  return code >= 0x61 ? code - 0x61 : code - 0x30 + 26;
}

function adapted(distance: number, count: number, isFirst: boolean): number {
  let delta = Math.floor(distance / (isFirst ? DAMP : 2));
  delta += Math.floor(delta / count);
  let bias = 0;
  for (; delta > ((BASE - LEAST) * MOST) / 2; bias += BASE)
    delta = Math.floor(delta / (BASE - LEAST));
  return bias + Math.floor(((BASE - LEAST + 1) * delta) / (delta + SKEW));
}

/** Whether a code point may stand where it stands (RFC 5892, appendix A). */
function fits(points: readonly number[], at: number): boolean {
  const point = points[at] ?? -1;
  const before = points[at - 1];
  const after = points[at + 1];
  switch (point) {
    case 0xb7:
      return before === 0x6c && after === 0x6c;
    case 0x375:
      return isIn('greek', after);
    case 0x5f3:
    case 0x5f4:
      return isIn('hebrew', before);
    case 0x30fb:
      return points.some((one) => isIn('kanaHan', one));
    case 0x200d:
      return isIn('virama', before);
    case 0x200c:
      return isIn('virama', before) || joins(points, at);
    default:
      if (isArabicDigit(point)) return !points.some(isExtendedDigit);
      if (isExtendedDigit(point)) return !points.some(isArabicDigit);
      return isIn('valid', point);
  }
}

function isArabicDigit(point: number): boolean {
  return point >= 0x660 && point < 0x66a;
}

function isExtendedDigit(point: number): boolean {
  return point >= 0x6f0 && point < 0x6fa;
}

/** Whether letters on both sides would join but for the ZWNJ between. */
function joins(points: readonly number[], at: number): boolean {
  let left = at - 1;
  let right = at + 1;
  while (isIn('transparent', points[left])) left -= 1;
  while (isIn('transparent', points[right])) right += 1;
  return isIn('joinsLeft', points[left]) && isIn('joinsRight', points[right]);
}

const ranges = new Map<SetName, readonly (readonly [number, number])[]>();

function isIn(name: SetName, point: number | undefined): boolean {
  if (point === undefined) return false;
  let known = ranges.get(name);
  if (known === undefined) {
    known = IDNA[name].split(' ').map((part) => {
      const [low = '', high = low] = part.split('-');
      return [Number.parseInt(low, 16), Number.parseInt(high, 16)] as const;
    });
    ranges.set(name, known);
  }
  let [low, high] = [0, known.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first = 0, last = 0] = known[middle] ?? [];
    if (point < first) high = middle - 1;
    else if (point > last) low = middle + 1;
    else return true;
  }
  return false;
}
