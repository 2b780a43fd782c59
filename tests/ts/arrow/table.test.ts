import {
  type Data,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows, decodeTable } from '../../../ts/arrow/decode.js';
import { rowsOf } from '../../../ts/arrow/rows.js';
import { tableBody } from '../../../ts/arrow/table.js';
import { bytesOf } from '../../../ts/bridge/body.js';
import { cutTables } from './tables.js';

const isAligned = (bytes: Uint8Array) => bytes.byteOffset % 8 === 0;

describe('a table as a body', () => {
  it('comes back equal, whole or cut anywhere, in one batch or several', () => {
    fc.assert(
      fc.property(cutTables, ([table, rows]) => {
        const expected = JSON.stringify(rows);
        expect(JSON.stringify([...rowsOf(table)])).toBe(expected);
        expect(JSON.stringify(decodeRows(bytesOf(tableBody(table))))).toBe(expected);
      }),
    );
  });

  it('may be one batch, or none', () => {
    const table = new Table({ count: vectorFromArray([1, 2, 3], new Int32()) });
    const [batch] = table.batches;
    expect(decodeRows(bytesOf(tableBody(batch as RecordBatch)))).toHaveLength(3);
    const none = new Table(new Schema([new Field('count', new Int32(), true)]));
    expect(decodeTable(bytesOf(tableBody(none))).schema.names).toEqual(['count']);
  });

  it('is written as often as its call is sent, to any place', () => {
    const table = new Table({ name: vectorFromArray(['a', null, 'ccc'], new Utf8()) });
    const body = tableBody(table);
    const target = new Uint8Array(body.capacity + 64).fill(0xaa);
    const first = body.write(target);
    const once = target.slice(0, first);
    expect(body.write(target.subarray(64))).toBe(first);
    expect(target.subarray(64)).toEqual(once);
  });

  it('keeps what its schema says', () => {
    const fields = [new Field('id', new Int32(), false, new Map([['unit', 'm']]))];
    const data = new Table({ id: vectorFromArray([1], new Int32()) }).batches[0]?.data;
    const schema = new Schema(fields, new Map([['source', 'test']]));
    const read = decodeTable(bytesOf(tableBody(new RecordBatch(schema, data))));
    expect(read.schema.metadata.get('source')).toBe('test');
    expect(read.schema.fields[0]).toMatchObject({ nullable: false });
    expect(read.schema.fields[0]?.metadata.get('unit')).toBe('m');
  });
});

describe('bytes as a table', () => {
  const table = new Table({
    count: vectorFromArray([1, 2, null], new Int32()),
    name: vectorFromArray(['a', 'b', 'c'], new Utf8()),
    ratio: vectorFromArray([0.5, 1, 2], new Float64()),
  });
  const at = (offset: number) => {
    const stream = tableToIPC(table);
    const memory = new Uint8Array(offset + stream.length);
    memory.set(stream, offset);
    return memory.subarray(offset);
  };
  const buffersOf = (read: Table) =>
    read.batches.flatMap(({ data }) =>
      data.children.flatMap(({ values, valueOffsets }) => [values, valueOffsets]),
    );

  it('has its vectors in those bytes', () => {
    const bytes = at(64);
    const read = decodeTable(bytes);
    for (const buffer of buffersOf(read)) {
      if (buffer) expect(buffer.buffer).toBe(bytes.buffer);
    }
    expect(JSON.stringify([...rowsOf(read)])).toBe(JSON.stringify([...rowsOf(table)]));
  });

  it('has them realigned where the bytes begin at no multiple of 8', () => {
    const read = decodeTable(at(3));
    expect(buffersOf(read).every((buffer) => !buffer || isAligned(buffer))).toBe(true);
    expect(JSON.stringify([...rowsOf(read)])).toBe(JSON.stringify([...rowsOf(table)]));
  });
});

describe('rows of a table', () => {
  const table = new Table({
    id: vectorFromArray([1, 2], new Int32()),
    name: vectorFromArray(['a', 'b'], new Utf8()),
  });

  it('have a value for each column, and are JSON', () => {
    const [, second] = rowsOf(table);
    expect(second?.id).toBe(2);
    expect(second?.name).toBe('b');
    expect(second?.nmae).toBeUndefined();
    expect(second?.toJSON()).toEqual({ id: 2, name: 'b' });
    expect(JSON.stringify(second)).toBe('{"id":2,"name":"b"}');
  });

  it('are read only when they are asked for', () => {
    const read = decodeTable(bytesOf(tableBody(table)));
    const [first] = rowsOf(read);
    const values = read.batches[0]?.data.children[0]?.values as Int32Array;
    values[0] = 7;
    expect(first?.id).toBe(7);
  });

  it('may have columns of any name', () => {
    const names = ['__proto__', 'constructor', 'toJSON', 'toString', '0'];
    const fields = names.map((name) => new Field(name, new Int32(), true));
    const children = names.map((_, index) => vectorFromArray([index], new Int32()).data[0] as Data);
    const data = makeData({ type: new Struct(fields), length: 1, children });
    const schema = new Schema(fields);
    const [row] = rowsOf(new Table(schema, [new RecordBatch(schema, data)]));
    expect(row?.constructor).toBe(1);
    expect(row?.toString).toBe(3);
    expect(JSON.stringify(row)).toBe(
      '{"0":4,"__proto__":0,"constructor":1,"toJSON":2,"toString":3}',
    );
  });
});
