import { TimeUnit } from 'apache-arrow';

/** A decimal of 32-bit words, the lowest first, in two's complement. */
export function decimalText(words: Uint32Array, scale: number): string {
  const bits = words.reduceRight((high, word) => (high << 32n) | BigInt(word), 0n);
  const value = BigInt.asIntN(words.length * 32, bits);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const fraction = scale > 0 ? `.${digits.slice(point)}` : '';
  return (value < 0n ? '-' : '') + digits.slice(0, point) + fraction;
}

const DIGITS = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

/** Whole seconds (rounded down) and the digits behind them, without zeros at the end. */
function split(value: bigint, unit: TimeUnit): { seconds: bigint; fraction: string } {
  const digits = DIGITS[unit];
  const scale = 10n ** BigInt(digits);
  const rest = ((value % scale) + scale) % scale;
  const text = rest.toString().padStart(digits, '0').replace(/0+$/, '');
  return { seconds: (value - rest) / scale, fraction: rest === 0n ? '' : `.${text}` };
}

export function isoInstant(value: bigint, unit: TimeUnit): string {
  const { seconds, fraction } = split(value, unit);
  return isoText(seconds).slice(0, -1) + fraction;
}

export function isoDate(seconds: bigint): string {
  return isoText(seconds).slice(0, -10);
}

export function isoTime(value: bigint, unit: TimeUnit): string {
  const { seconds, fraction } = split(value, unit);
  return new Date(Number(seconds) * 1000).toISOString().slice(11, 19) + fraction;
}

const LAST_SECOND = 8_640_000_000_000n;
/** The Gregorian calendar repeats after 400 years. */
const CYCLE_YEARS = 400n;
const CYCLE_SECONDS = 12_622_780_800n;

/** `YYYY-MM-DDTHH:MM:SSZ`, also of the years that no Date reaches, which Arrow has. */
function isoText(seconds: bigint): string {
  if (-LAST_SECOND <= seconds && seconds <= LAST_SECOND) {
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}Z`;
  }
  const within = new Date(Number(seconds % CYCLE_SECONDS) * 1000);
  const year = BigInt(within.getUTCFullYear()) + (seconds / CYCLE_SECONDS) * CYCLE_YEARS;
  const text = `${year < 0n ? '-' : '+'}${String(year < 0n ? -year : year)}`;
  return `${text}${within.toISOString().slice(4, -5)}Z`;
}
