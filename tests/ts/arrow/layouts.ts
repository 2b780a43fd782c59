import fc from 'fast-check';
import type { ColumnKind, ColumnLayout, Layout } from '../../../ts/schema/layout.js';

type Members = Record<string, unknown>;

const SCALARS: ColumnKind[] = ['integer', 'number', 'boolean', 'string', 'date-time', 'json'];
const NAMES = [
  'id',
  'a b',
  '"];x',
  '\u2028',
  'é',
  '0',
  'length',
  'toJSON',
  '__proto__',
  'constructor',
];
const MISFIT = Symbol('misfit');

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('\ud800', 'a\udc00b', '\udc00\ud800', 'x'.repeat(100), 'é'.repeat(100)),
);

const { columns } = fc.letrec<{ columns: ColumnLayout[]; column: Omit<ColumnLayout, 'name'> }>(
  (tie) => {
    const flags = { required: fc.boolean(), nullable: fc.boolean() };
    return {
      column: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.record({ ...flags, kind: fc.constantFrom(...SCALARS) }),
        fc.record({
          ...flags,
          kind: fc.constant<ColumnKind>('list'),
          item: tie('column').map((item) => ({ ...item, name: 'item', required: true })),
        }),
        fc.record({ ...flags, kind: fc.constant<ColumnKind>('struct'), fields: tie('columns') }),
      ),
      columns: fc
        .subarray(NAMES, { maxLength: 4 })
        .chain((names) =>
          fc.tuple(...names.map((name) => tie('column').map((column) => ({ ...column, name })))),
        ),
    };
  },
);

/** A layout of columns of any kinds, nested too, and rows of which most fit. */
export const layoutsWithRows: fc.Arbitrary<[Layout, unknown[]]> = fc
  .record({ columns, closed: fc.boolean(), presence: fc.boolean() })
  .chain((layout) => {
    const row = fc.oneof(
      { weight: 20, arbitrary: objectOf(layout.columns) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    return fc.tuple(fc.constant(layout), fc.array(row, { maxLength: 20 }));
  });

function objectOf(columns: readonly ColumnLayout[]): fc.Arbitrary<Members> {
  const members = columns.map((column) =>
    fc.oneof(
      { weight: 30, arbitrary: valueFor(column).map((value) => [[column.name, value]]) },
      { weight: column.required ? 1 : 10, arbitrary: fc.constant([]) },
    ),
  );
  const more = fc.oneof(
    { weight: 30, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant([['more', 1]]) },
  );
  return fc.tuple(...members, more).map((entries) => Object.fromEntries(entries.flat()));
}

function valueFor(column: ColumnLayout): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 50, arbitrary: fitting(column) },
    { weight: column.nullable ? 10 : 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, 1.5, 2 ** 53, -0, '1', Number.NaN) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}

function fitting({ kind, item, fields = [] }: ColumnLayout): fc.Arbitrary<unknown> {
  if (kind === 'integer') return fc.maxSafeInteger();
  if (kind === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'json') return fc.jsonValue({ maxDepth: 2 });
  if (kind === 'list' && item) return fc.array(valueFor(item), { maxLength: 4 });
  if (kind === 'struct') return objectOf(fields);
  return text;
}

/** What a reader of the columns must see of a row, by the words of the layout's definition. */
export function modelled(layout: Layout, row: unknown): Members {
  const { columns, closed, presence = false } = layout;
  const read = membersOf(columns, closed, presence, row);
  if (read !== MISFIT) return { ...(read as Members), $row: null };
  const none = Object.fromEntries(columns.map(({ name }) => [name, null]));
  return { ...none, $row: JSON.stringify(row) };
}

function membersOf(
  columns: readonly ColumnLayout[],
  closed: boolean,
  presence: boolean,
  value: unknown,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return MISFIT;
  const given = new Map(Object.entries(value));
  const read = columns.map((column) => [
    column.name,
    valueRead(column, given.get(column.name), presence),
  ]);
  const known = columns.filter(({ name }) => given.get(name) !== undefined).length;
  if (closed && known !== given.size) return MISFIT;
  return read.some(([, one]) => one === MISFIT) ? MISFIT : Object.fromEntries(read);
}

function valueRead(column: ColumnLayout, value: unknown, presence: boolean): unknown {
  const { kind, required, nullable, item, fields = [] } = column;
  if (value === undefined) return required ? MISFIT : null;
  if (value === null) return nullable && (required || !presence) ? null : MISFIT;
  if (kind === 'integer') return Number.isSafeInteger(value) ? value : MISFIT;
  if (kind === 'number') return Number.isFinite(value) ? value : MISFIT;
  if (kind === 'boolean') return typeof value === 'boolean' ? value : MISFIT;
  if (kind === 'json') return JSON.stringify(value);
  if (kind === 'struct') return membersOf(fields, true, true, value);
  if (kind === 'list' && item) {
    if (!Array.isArray(value)) return MISFIT;
    const items = value.map((one) => valueRead(item, one, false));
    return items.includes(MISFIT) ? MISFIT : items;
  }
  return typeof value === 'string' && !/\p{Surrogate}/u.test(value) ? value : MISFIT;
}
