import {
  Bool,
  type DataType,
  Dictionary,
  Field,
  FixedSizeList,
  Float64,
  Int32,
  List,
  Null,
  Struct,
  Table,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';

const item = (type: DataType) => new Field('item', type, true);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const COLUMNS: Record<string, { type: DataType; value: fc.Arbitrary<unknown> }> = {
  count: { type: new Int32(), value: fc.integer() },
  ratio: { type: new Float64(), value: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  on: { type: new Bool(), value: fc.boolean() },
  name: { type: new Utf8(), value: text },
  nothing: { type: new Null(), value: fc.constant(null) },
  word: { type: new Dictionary(new Utf8(), new Int32()), value: fc.constantFrom('a', 'b', 'c') },
  flags: { type: new List(item(new Bool())), value: fc.array(fc.option(fc.boolean())) },
  words: { type: new List(item(new Utf8())), value: fc.array(fc.option(text), { maxLength: 3 }) },
  pair: {
    type: new FixedSizeList(2, item(new Int32())),
    value: fc.tuple(fc.integer(), fc.integer()),
  },
  place: {
    type: new Struct([new Field('city', new Utf8(), true), new Field('on', new Bool(), true)]),
    value: fc.record({ city: fc.option(text), on: fc.option(fc.boolean()) }),
  },
};

type Row = Record<string, unknown>;

/** Names of columns, and rows of them. */
const someRows = fc.subarray(Object.keys(COLUMNS), { minLength: 1 }).chain((names) => {
  const values = names.map((name) => [name, fc.option(COLUMNS[name]?.value ?? fc.constant(null))]);
  const row: fc.Arbitrary<Row> = fc.record(Object.fromEntries(values), { noNullPrototype: true });
  return fc.tuple(fc.constant(names), fc.array(row, { maxLength: 40 }));
});

function tableOf(names: readonly string[], rows: readonly Row[]): Table {
  const vectors = names.map((name) => {
    const values = rows.map((row) => row[name]);
    return [name, vectorFromArray(values, COLUMNS[name]?.type as DataType)] as const;
  });
  return new Table(Object.fromEntries(vectors));
}

/** Tables cut out of longer ones, of one batch or two, with their rows as JSON values. */
export const cutTables: fc.Arbitrary<[Table, Row[]]> = fc
  .tuple(someRows, fc.nat(), fc.nat(), fc.boolean())
  .map(([[names, rows], from, to, twice]) => {
    const begin = from % (rows.length + 1);
    const end = begin + (to % (rows.length - begin + 1));
    const cut = tableOf(names, rows).slice(begin, end);
    const some = rows.slice(begin, end);
    return twice ? [cut.concat(cut), [...some, ...some]] : [cut, some];
  });
