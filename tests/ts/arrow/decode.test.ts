import {
  DateDay,
  DateMillisecond,
  Decimal,
  Field,
  Float64,
  Int32,
  Int64,
  LargeList,
  makeData,
  makeVector,
  Table,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  tableToIPC,
  Uint8,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { decodeRows } from '../../../ts/arrow/decode.js';

function first(vector: Parameters<typeof makeVector>[0]): unknown {
  const table = new Table({ value: makeVector(vector) });
  return decodeRows(tableToIPC(table))[0]?.value;
}

describe('Arrow as rows', () => {
  it.each([
    [1_704_067_200_000_000n, '2024-01-01T00:00:00Z'],
    [1_704_067_200_123_450n, '2024-01-01T00:00:00.12345Z'],
    [-1n, '1969-12-31T23:59:59.999999Z'],
    [8_640_000_000_000_000_000n, '+275760-09-13T00:00:00Z'],
    [8_640_000_000_001_000_000n, '+275760-09-13T00:00:01Z'],
    [2n ** 63n - 1n, '+294247-01-10T04:00:54.775807Z'],
    [-(2n ** 63n), '-290308-12-21T19:59:05.224192Z'],
  ])('has timestamps as ISO text with all their digits: %s', (micros, iso) => {
    const type = new TimestampMicrosecond('UTC');
    expect(first(makeData({ type, data: BigInt64Array.of(micros) }))).toBe(iso);
  });

  it('has timestamps without a zone without one, to the nanosecond', () => {
    const data = BigInt64Array.of(1_704_067_200_000_000_001n);
    const value = first(makeData({ type: new TimestampNanosecond(), data }));
    expect(value).toBe('2024-01-01T00:00:00.000000001');
  });

  it('has dates and times as ISO text', () => {
    expect(first(makeData({ type: new DateDay(), data: Int32Array.of(19_723) }))).toBe(
      '2024-01-01',
    );
    const millis = BigInt64Array.of(-86_400_000n);
    expect(first(makeData({ type: new DateMillisecond(), data: millis }))).toBe('1969-12-31');
    const time = BigInt64Array.of(3_661_000_001n);
    expect(first(makeData({ type: new TimeMicrosecond(), data: time }))).toBe('01:01:01.000001');
  });

  it('has integers as numbers where those are exact, else as text', () => {
    const type = new Int64();
    expect(first(makeData({ type, data: BigInt64Array.of(2n ** 53n - 1n) }))).toBe(2 ** 53 - 1);
    expect(first(makeData({ type, data: BigInt64Array.of(2n ** 53n) }))).toBe('9007199254740992');
    expect(first(makeData({ type: new Uint8(), data: Uint8Array.of(255) }))).toBe(255);
  });

  it.each([
    [0n, 2, '0.00'],
    [1n, 2, '0.01'],
    [-1250n, 2, '-12.50'],
    [2n ** 64n, 0, '18446744073709551616'],
    [-(10n ** 38n) + 1n, 38, `-0.${'9'.repeat(38)}`],
  ])('has decimals as text with all digits of their scale: %s', (value, scale, text) => {
    const words = [0n, 32n, 64n, 96n].map((bit) => Number((value >> bit) & 0xffffffffn));
    const type = new Decimal(scale, 38);
    expect(first(makeData({ type, data: Uint32Array.from(words) }))).toBe(text);
  });

  it('has large lists as lists', () => {
    const type = new LargeList(new Field('item', new Int32(), true));
    const items = makeData({ type: new Int32(), data: Int32Array.of(1, 2, 3) });
    const valueOffsets = BigInt64Array.of(0n, 2n, 3n);
    expect(first(makeData({ type, length: 2, nullCount: 0, valueOffsets, child: items }))).toEqual([
      1, 2,
    ]);
  });

  it('has null for what JSON cannot say', () => {
    expect(first(makeData({ type: new Float64(), data: Float64Array.of(Number.NaN) }))).toBeNull();
  });

  it('reads dictionaries and several batches', () => {
    const words = vectorFromArray(['a', 'b', 'a', null]);
    const one = new Table({ word: words });
    expect(decodeRows(tableToIPC(one.concat(one))).map(({ word }) => word)).toEqual([
      ...['a', 'b', 'a', null],
      ...['a', 'b', 'a', null],
    ]);
  });
});
