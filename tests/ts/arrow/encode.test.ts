import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows } from '../../../ts/arrow/decode.js';
import {
  compileEncoder,
  encodeRows,
  MisfitError,
  type RowsBody,
} from '../../../ts/arrow/encode.js';
import { bytesOf } from '../../../ts/bridge/body.js';
import type { ColumnKind, ColumnLayout, Layout } from '../../../ts/schema/layout.js';
import { layoutsWithRows, modelled } from './layouts.js';

type Row = Record<string, unknown>;

const column = (
  name: string,
  kind: ColumnKind,
  more: Partial<ColumnLayout> = {},
): ColumnLayout => ({
  name,
  kind,
  required: false,
  nullable: false,
  ...more,
});

const item = (kind: ColumnKind, more: Partial<ColumnLayout> = {}): ColumnLayout =>
  column('item', kind, { required: true, ...more });

const LAYOUT: Layout = {
  closed: true,
  columns: [
    column('id', 'integer', { required: true }),
    column('ratio', 'number', { nullable: true }),
    column('on', 'boolean'),
    column('name', 'string'),
    column('at', 'date-time'),
    column('any', 'json'),
    column('tags', 'list', { item: item('string') }),
    column('grid', 'list', { item: item('list', { item: item('integer', { nullable: true }) }) }),
    column('place', 'struct', {
      fields: [column('city', 'string', { required: true }), column('lat', 'number')],
    }),
  ],
};

/** What a reader of the stream sees of a row that fits. */
const asRead = (row: Row): Row => {
  const { any, place, ...rest } = row;
  const read: Row = {
    ...rest,
    any: any === undefined ? undefined : JSON.stringify(any),
    place: place === undefined ? undefined : { lat: null, ...(place as Row) },
    $row: undefined,
  };
  return Object.fromEntries(
    [...LAYOUT.columns.map(({ name }) => name), '$row'].map((name) => [name, read[name] ?? null]),
  );
};

const setAside = (row: unknown): Row => ({
  ...asRead({}),
  $row: JSON.stringify(row),
});

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const fitting: fc.Arbitrary<Row> = fc.record(
  {
    id: fc.maxSafeInteger(),
    ratio: fc.option(number),
    on: fc.boolean(),
    name: text,
    at: text,
    any: fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null),
    tags: fc.array(text),
    grid: fc.array(fc.array(fc.option(fc.integer()))),
    place: fc.record({ city: text, lat: number }, { requiredKeys: ['city'] }),
  },
  { requiredKeys: ['id'], noNullPrototype: true },
);

const misfits: [string, unknown][] = [
  ['a string in an integer column', { id: '1' }],
  ['a fraction in an integer column', { id: 1.5 }],
  ['an integer that a double does not hold', { id: 2 ** 53 }],
  ['a missing required member', { name: 'x' }],
  ['a null where none may be', { id: 1, name: null }],
  ['an unknown key', { id: 1, nmae: 'x' }],
  ['a number in a text column', { id: 1, name: 5 }],
  ['a text in a number column', { id: 1, ratio: '0.5' }],
  ['a 1 in a boolean column', { id: 1, on: 1 }],
  ['no array in a list column', { id: 1, tags: 'a' }],
  ['a wrong item late in a list', { id: 1, tags: ['a', 'b', 3] }],
  ['a null item where none may be', { id: 1, tags: ['a', null] }],
  ['a wrong item deep in a list', { id: 1, grid: [[1], [2, 'x']] }],
  ['an array in a struct column', { id: 1, place: [] }],
  ['a missing member of a struct', { id: 1, place: { lat: 1 } }],
  ['an unknown key of a struct', { id: 1, place: { city: 'x', lon: 2 } }],
  ['a lone surrogate', { id: 1, name: '\ud800' }],
  ['a key named __proto__', JSON.parse('{"id": 1, "__proto__": {"id": 2}}')],
  ['a row that is an array', [1]],
  ['a row that is null', null],
  ['a row that is a string', 'row'],
];

describe('rows as Arrow', () => {
  it('come back equal, whatever values they have', () => {
    fc.assert(
      fc.property(fc.array(fitting, { maxLength: 30 }), (rows) => {
        expect(decodeRows(encodeRows(LAYOUT, rows))).toEqual(rows.map(asRead));
      }),
    );
  });

  it.each(misfits)('are set aside as JSON when they do not fit: %s', (_what, row) => {
    const before = { id: 1, name: 'before', tags: ['a'], grid: [[1, null]], place: { city: 'x' } };
    const after = { id: 2, name: 'after', tags: ['b', 'c'], grid: [[], [2]], place: { city: 'y' } };
    expect(decodeRows(encodeRows(LAYOUT, [before, row, after]))).toEqual([
      asRead(before),
      setAside(row),
      asRead(after),
    ]);
  });

  it('come back equal among rows that are set aside, in any order', () => {
    const mixed = fc.oneof(
      fitting,
      fc.constantFrom(...misfits.map(([, row]) => ({ misfit: row }))),
    );
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 30 }), (rows) => {
        const sent = rows.map((row) => ('misfit' in row ? row.misfit : row));
        const read = rows.map((row) => ('misfit' in row ? setAside(row.misfit) : asRead(row)));
        expect(decodeRows(encodeRows(LAYOUT, sent))).toEqual(read);
      }),
    );
  });

  it('are set aside with the digits of a BigInt, of which JSON makes nothing', () => {
    const rows = [{ id: 1n }, { id: 2, any: { deep: [3n] } }, { id: 4 }];
    expect(decodeRows(encodeRows(LAYOUT, rows))).toEqual([
      setAside({ id: '1' }),
      setAside({ id: 2, any: { deep: ['3'] } }),
      asRead({ id: 4 }),
    ]);
  });

  it('may have keys beside the columns where the layout is open', () => {
    const open = { ...LAYOUT, closed: false };
    const [row] = decodeRows(encodeRows(open, [{ id: 1, more: true }]));
    expect(row).toEqual(asRead({ id: 1 }));
  });

  it('come back as a model of the layout has them, whatever the layout', () => {
    fc.assert(
      fc.property(layoutsWithRows, ([layout, rows]) => {
        const expected = JSON.stringify(rows.map((row) => modelled(layout, row)));
        expect(JSON.stringify(decodeRows(encodeRows(layout, rows)))).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('have no members where they have no object', () => {
    const rows = [{ id: 1 }, { id: 2, place: { city: 'x' } }, { id: '3' }];
    const place = tableFromIPC(encodeRows(LAYOUT, rows)).getChild('place');
    expect(place?.getChildAt(0)?.toArray()).toEqual([null, 'x', null]);
  });

  it('may be none', () => {
    const table = tableFromIPC(encodeRows(LAYOUT, []));
    expect(table.numRows).toBe(0);
    expect(table.schema.names).toEqual([...LAYOUT.columns.map(({ name }) => name), '$row']);
  });

  it('may be many, with long and short text', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => ({
      id: index - 10_000,
      name: 'é'.repeat(index % 50),
      tags: Array.from({ length: index % 4 }, (__, tag) => `tag ${tag}`),
    }));
    const read = decodeRows(encodeRows(LAYOUT, rows));
    expect(read.map(({ id, name, tags }) => ({ id, name, tags }))).toEqual(rows);
  });
});

describe('a body of rows', () => {
  const encoder = compileEncoder(LAYOUT);
  const row = { id: 1, name: 'Ann', tags: ['a'], place: { city: 'x' } };

  /** Writes a body as those do who send it: to more room as long as it asks for more. */
  const sent = (body: RowsBody): { bytes: Uint8Array; attempts: number } => {
    for (let attempts = 1; ; attempts += 1) {
      const target = new Uint8Array(body.capacity).fill(0xaa);
      const length = body.write(target);
      if (length !== undefined) return { bytes: target.subarray(0, length), attempts };
      expect(body.capacity).toBeGreaterThan(target.length);
    }
  };

  it('is written at once when the rows are alike', () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ ...row, id, name: `Ann ${id}` }));
    const { bytes, attempts } = sent(encoder.body(rows));
    expect(attempts).toBe(1);
    expect(decodeRows(bytes)[9_999]).toMatchObject({ id: 9_999, name: 'Ann 9999' });
  });

  it.each([
    ['text', { ...row, name: 'é'.repeat(200_000) }],
    ['short text', { ...row, tags: Array.from({ length: 20_000 }, () => 'short') }],
    ['items', { ...row, grid: Array.from({ length: 20_000 }, () => [1]) }],
    ['JSON', { ...row, any: { text: 'x'.repeat(200_000) } }],
    ['a row that is set aside', { ...row, more: 'x'.repeat(200_000) }],
  ])('asks for more room when one row of many has far more than the others: %s', (_what, large) => {
    const rows = Array.from({ length: 1_000 }, (_, index) => (index === 997 ? large : row));
    const { bytes, attempts } = sent(encoder.body(rows));
    expect(attempts).toBe(2);
    const read = decodeRows(bytes);
    expect(read[996]).toEqual(asRead(row));
    expect(read[997]).toEqual('more' in large ? setAside(large) : asRead(large));
    expect(read[999]).toEqual(asRead(row));
  });

  it('says how many rows were set aside', () => {
    const body = encoder.body([row, { id: '1' }, row, null]);
    sent(body);
    expect(body.setAside).toBe(2);
  });

  it('has no column for rows that are set aside where it takes none', () => {
    const rows = [{ id: 1, name: 'one', tags: ['a', 'b'] }, { id: 2 }];
    const exact = tableFromIPC(bytesOf(compileEncoder(LAYOUT).exactBody(rows)));
    expect(exact.schema.fields.map(({ name }) => name)).toEqual(LAYOUT.columns.map((c) => c.name));
    const whole = tableFromIPC(encodeRows(LAYOUT, rows)).select(LAYOUT.columns.map((c) => c.name));
    expect(exact.toArray().map(String)).toEqual(whole.toArray().map(String));
  });

  it('refuses the first row that does not fit where it takes none', () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({
      id: id === 75 || id === 90 ? 'x' : id,
    }));
    const body = compileEncoder(LAYOUT).exactBody(rows);
    expect(() => bytesOf(body)).toThrow(new MisfitError(75));
  });

  it('is written as often as its call is sent', () => {
    const body = encoder.body([row, { id: '1' }, row]);
    expect(sent(body).bytes).toEqual(sent(body).bytes);
  });

  it('has buffers that are aligned to 64 bytes', () => {
    const { bytes } = sent(encoder.body([row, row]));
    for (const { data } of tableFromIPC(bytes).batches) {
      for (const { values } of data.children) {
        expect((values?.byteOffset ?? 0) % 64).toBe(0);
      }
    }
  });
});
