import { type Data, DataType, DateUnit, Precision, type RecordBatch, Vector } from 'apache-arrow';
import { decimalText, isoDate, isoInstant, isoTime } from './value-text.js';

/** Reads the value of a place as JSON. */
export type Reader = (index: number) => unknown;

/** Returns a reader for each column of a batch. */
export function readersOf({ data }: RecordBatch): Reader[] {
  return data.children.map(reader);
}

function reader(data: Data): Reader {
  const { type, nullBitmap, offset, nullCount } = data;
  if (DataType.isNull(type)) return () => null;
  const read = valueReader(data);
  if (nullCount === 0) return read;
  if (DataType.isUnion(type)) return (index) => (data.getValid(index) ? read(index) : null);
  return (index) => (hasBit(nullBitmap, offset + index) ? read(index) : null);
}

function valueReader(data: Data): Reader {
  const { type, values, offset } = data;
  if (DataType.isInt(type)) return integerReader(data);
  if (DataType.isBool(type)) return (index) => hasBit(values, offset + index);
  if (DataType.isFloat(type) && type.precision !== Precision.HALF) {
    return (index) => (Number.isFinite(values[index]) ? values[index] : null);
  }
  if (DataType.isUtf8(type)) return textReader(data);
  if (DataType.isList(type) || DataType.isLargeList(type)) return listReader(data);
  if (DataType.isStruct(type)) {
    const members = data.children.map((child, at) => ({
      name: type.children[at]?.name ?? '',
      read: reader(child),
    }));
    return (index) => Object.fromEntries(members.map(({ name, read }) => [name, read(index)]));
  }
  return temporalReader(data) ?? otherReader(data);
}

function hasBit(bitmap: Uint8Array, index: number): boolean {
  return (((bitmap[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

function integerReader({ type, values }: Data): Reader {
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) {
    return (index) => values[index];
  }
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const isSigned = (type as { isSigned?: boolean }).isSigned === true;
  return (index) => {
    const low = (words[index * 2] ?? 0) >>> 0;
    const high = words[index * 2 + 1] ?? 0;
    // A BigInt for each value would cost more than everything else.
    const number = (isSigned ? high : high >>> 0) * 2 ** 32 + low;
    return Number.isSafeInteger(number) ? number : String(values[index]);
  };
}

function temporalReader({ type, values }: Data): Reader | undefined {
  const raw = (index: number): bigint => BigInt(values[index] ?? 0);
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone ? 'Z' : '';
    return (index) => isoInstant(raw(index), type.unit) + zone;
  }
  if (DataType.isDate(type)) {
    const days = type.unit === DateUnit.DAY;
    return (index) => isoDate(days ? raw(index) * 86_400n : raw(index) / 1000n);
  }
  if (DataType.isTime(type)) return (index) => isoTime(raw(index), type.unit);
  return undefined;
}

function textReader({ values, valueOffsets }: Data): Reader {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  // A TextDecoder has too much to set up for each of many short texts.
  return (index) => bytes.toString('utf8', valueOffsets[index], valueOffsets[index + 1]);
}

function listReader({ valueOffsets, children }: Data): Reader {
  // Builders leave out the items of lists that have none.
  const read = children[0] ? reader(children[0]) : () => null;
  return (index) => {
    const items: unknown[] = [];
    // Those of large lists are of 64 bits.
    const end = Number(valueOffsets[index + 1] ?? 0);
    for (let at = Number(valueOffsets[index] ?? 0); at < end; at += 1) items.push(read(at));
    return items;
  };
}

/** Reads what apache-arrow itself makes a value of. */
function otherReader(data: Data): Reader {
  const { type } = data;
  const vector = new Vector([data]);
  if (DataType.isDecimal(type)) {
    return (index) => decimalText(vector.get(index) as Uint32Array, type.scale);
  }
  if (DataType.isFloat(type)) {
    return (index) => (Number.isFinite(vector.get(index)) ? vector.get(index) : null);
  }
  if (DataType.isFixedSizeList(type)) {
    const read = reader(data.children[0] as Data);
    const { listSize } = type;
    return (index) => Array.from({ length: listSize }, (_, at) => read(index * listSize + at));
  }
  return (index) => scalar(vector.get(index));
}

function scalar(value: unknown): unknown {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'object' ? String(value) : integer(value);
}

function integer(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
