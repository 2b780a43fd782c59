import { type Data, DataType, type Field, makeData } from 'apache-arrow';

/**
 * Returns an array's data as if it had never been cut out of a longer one.
 *
 * apache-arrow writes such data as well, but takes its bitmaps apart bit by bit. Buffers are
 * shared wherever they can be.
 */
export function unsliced<T extends DataType>(data: Data<T>): Data<T> {
  const { type, length, offset } = data;
  if (DataType.isUnion(type)) return data;
  if (DataType.isNull(type)) return data.clone(type, 0, length, length);
  const { values, nullBitmap, typeIds } = data;
  const valueOffsets = data.valueOffsets as Int32Array | BigInt64Array | undefined;
  const hasList = DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type);
  const begin = Number((hasList && valueOffsets?.[0]) || 0);
  const end = Number((hasList && valueOffsets?.[length]) || 0);
  const children = ((type.children ?? []) as Field[]).map((field, index) => {
    // Builders leave out the items of lists that have none.
    const child = data.children[index] ?? makeData({ type: field.type, length: 0 });
    const isPart = hasList && (begin > 0 || end < child.length);
    return unsliced(isPart ? child.slice(begin, end - begin) : child);
  });
  const nulls = data.nullCount;
  const buffers = [
    valueOffsets && begin > 0 ? rebased(valueOffsets, begin) : valueOffsets,
    DataType.isBool(type) ? bitsOf(values, offset, length) : values,
    nulls > 0 ? bitsOf(nullBitmap, offset, length) : new Uint8Array(0),
    typeIds,
  ];
  return data.clone(type, 0, length, nulls, buffers as unknown as Data<T>['buffers'], children);
}

function rebased(offsets: Int32Array | BigInt64Array, begin: number): Int32Array | BigInt64Array {
  if (offsets instanceof BigInt64Array) return offsets.map((offset) => offset - BigInt(begin));
  const result = new Int32Array(offsets.length);
  for (let index = 0; index < result.length; index += 1) {
    result[index] = (offsets[index] ?? 0) - begin;
  }
  return result;
}

/** So many bits of a bitmap, from one on that need not begin a byte. */
function bitsOf(bitmap: Uint8Array, offset: number, length: number): Uint8Array {
  const first = offset >> 3;
  const shift = offset & 7;
  const count = Math.ceil(length / 8);
  if (shift === 0) return bitmap.subarray(first, first + count);
  const result = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    const low = bitmap[first + index] ?? 0;
    const high = bitmap[first + index + 1] ?? 0;
    result[index] = (low >> shift) | (high << (8 - shift));
  }
  return result;
}
