import {
  DataType,
  DateUnit,
  type RecordBatch,
  TimeUnit,
  tableFromIPC,
  type Vector,
} from 'apache-arrow';

/**
 * Reads an Arrow IPC stream or file as rows of JSON values.
 *
 * Integers are numbers where those are exact, else strings; decimals are text with all digits of
 * their scale; timestamps, dates and times are ISO 8601 text with all their digits; binary is
 * base64; a null is null, and so are NaN and the infinities, which JSON does not have.
 */
export function decodeRows(body: Uint8Array): Record<string, unknown>[] {
  return tableFromIPC(body).batches.flatMap(batchRows);
}

type Reader = (index: number) => unknown;

function batchRows(batch: RecordBatch): Record<string, unknown>[] {
  const columns = batch.schema.fields.map(({ name }, index) => {
    const vector = batch.getChildAt(index);
    return { name, read: vector ? reader(vector) : () => null };
  });
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, read }) => [name, read(row)])),
  );
}

/** Reads a vector of one chunk. */
function reader(vector: Vector): Reader {
  const read = valueReader(vector);
  return (index) => (vector.isValid(index) ? read(index) : null);
}

function valueReader(vector: Vector): Reader {
  const { type } = vector;
  const values: ArrayLike<number | bigint> = vector.data[0]?.values ?? [];
  const raw = (index: number): bigint => BigInt(values[index] ?? 0);
  if (DataType.isInt(type)) return (index) => integer(vector.get(index));
  if (DataType.isFloat(type)) {
    return (index) => (Number.isFinite(vector.get(index)) ? vector.get(index) : null);
  }
  if (DataType.isDecimal(type)) {
    return (index) => decimalText(vector.get(index) as Uint32Array, type.scale);
  }
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone ? 'Z' : '';
    return (index) => isoInstant(raw(index), type.unit) + zone;
  }
  if (DataType.isDate(type)) {
    const days = type.unit === DateUnit.DAY;
    return (index) => isoDate(days ? raw(index) * 86_400n : raw(index) / 1000n);
  }
  if (DataType.isTime(type)) return (index) => isoTime(raw(index), type.unit);
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    return (index) => {
      const items = vector.get(index) as Vector;
      return Array.from({ length: items.length }, (_, at) => at).map(reader(items));
    };
  }
  if (DataType.isStruct(type)) {
    const members = type.children.map(({ name }, at) => {
      const member = vector.getChildAt(at);
      return { name, read: member ? reader(member) : () => null };
    });
    return (index) => Object.fromEntries(members.map(({ name, read }) => [name, read(index)]));
  }
  return (index) => scalar(vector.get(index));
}

function scalar(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'object' ? String(value) : integer(value);
}

function integer(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** A decimal of 32-bit words, the lowest first, in two's complement. */
function decimalText(words: Uint32Array, scale: number): string {
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

function isoInstant(value: bigint, unit: TimeUnit): string {
  const { seconds, fraction } = split(value, unit);
  return new Date(Number(seconds) * 1000).toISOString().slice(0, -5) + fraction;
}

function isoDate(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, -14);
}

function isoTime(value: bigint, unit: TimeUnit): string {
  const { seconds, fraction } = split(value, unit);
  return new Date(Number(seconds) * 1000).toISOString().slice(11, 19) + fraction;
}
