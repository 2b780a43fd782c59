import {
  Bool,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow';
import type { ColumnKind, ColumnLayout, Layout } from '../schema/layout.js';

/** The column of rows that do not fit their columns, as JSON text. */
export const SET_ASIDE = '$row';

/** How a column's values lie in memory; `json` is text that is made of any value. */
export type Storage = 'integer' | 'number' | 'boolean' | 'text' | 'json' | 'list' | 'struct';

/** One Arrow column, nested ones too, as the encoder writes it. */
export interface Column {
  /** Its place among all columns, those of lists and structs counted after their own. */
  readonly id: number;
  readonly name: string;
  readonly storage: Storage;
  /** Whether a value must be there, so that an absent one does not fit. */
  readonly required: boolean;
  /** Whether a null that is written out fits. */
  readonly nullable: boolean;
  /** Whether a place may come to hold no value, so that the column needs a validity bitmap. */
  readonly hasNulls: boolean;
  /** The list whose items these are; without one, each row has its place here. */
  readonly list: Column | undefined;
  /** The members of a struct, or the one column of a list's items. */
  readonly children: readonly Column[];
}

/** One buffer of a column. */
export interface ColumnBuffer {
  readonly column: Column;
  readonly part: 'validity' | 'offsets' | 'values';
}

/** The columns of a layout and `$row`; all of them and those nested in them, by `id`. */
export interface Columns {
  readonly members: readonly Column[];
  readonly setAside: Column;
  readonly all: readonly Column[];
  /** In the order of Arrow. */
  readonly buffers: readonly ColumnBuffer[];
  readonly schema: Schema;
}

const STORAGE: Partial<Record<ColumnKind, Storage>> = {
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  json: 'json',
  list: 'list',
  struct: 'struct',
};

/** Numbers a layout's columns in the order in which Arrow has their buffers. */
export function columnsOf({ columns, presence = false }: Layout): Columns {
  const all: Column[] = [];
  const members = columns.map((layout) => add(all, layout, { presence, hasNulls: true }));
  const aside: ColumnLayout = { name: SET_ASIDE, kind: 'json', required: false, nullable: false };
  const setAside = add(all, aside, { presence, hasNulls: true });
  const schema = new Schema([...members, setAside].map(fieldOf));
  return { members, setAside, all, buffers: all.flatMap(buffersOf), schema };
}

/** What is said of the columns where `$row`, the last of them, is left out. */
export function withoutSetAside({ members, setAside, all, buffers }: Columns) {
  return {
    schema: new Schema(members.map(fieldOf)),
    nodes: all.length - 1,
    buffers: buffers.filter(({ column }) => column !== setAside).length,
  };
}

/** Whether a column's values lie one behind the other, told apart by their offsets. */
export function hasEnd({ storage }: Column): boolean {
  return storage === 'text' || storage === 'json' || storage === 'list';
}

function buffersOf(column: Column): ColumnBuffer[] {
  const buffers: ColumnBuffer[] = [{ column, part: 'validity' }];
  if (hasEnd(column)) buffers.push({ column, part: 'offsets' });
  if (column.children.length === 0 && column.storage !== 'struct') {
    buffers.push({ column, part: 'values' });
  }
  return buffers;
}

interface Surroundings {
  /** Whether null differs from an absent member; then it does not fit. */
  readonly presence: boolean;
  readonly hasNulls: boolean;
  readonly list?: Column | undefined;
}

function add(all: Column[], layout: ColumnLayout, { presence, hasNulls, list }: Surroundings) {
  const { name, kind, required } = layout;
  const nullable = layout.nullable && (required || !presence);
  const children: Column[] = [];
  const column: Column = {
    id: all.length,
    name,
    storage: STORAGE[kind] ?? 'text',
    required,
    nullable,
    hasNulls: hasNulls || nullable || !required,
    list,
    children,
  };
  all.push(column);
  if (kind === 'list') {
    if (layout.item === undefined) throw new TypeError(`${name}: a list of what?`);
    children.push(add(all, layout.item, { presence: false, hasNulls: false, list: column }));
  }
  if (kind === 'struct') {
    // Within a value, a null that is written out may matter to any keyword.
    const within = { presence: true, hasNulls: column.hasNulls, list };
    for (const field of layout.fields ?? []) children.push(add(all, field, within));
  }
  return column;
}

function fieldOf(column: Column): Field {
  return new Field(column.name, typeOf(column), true);
}

function typeOf({ storage, children }: Column): DataType {
  switch (storage) {
    case 'integer':
      return new Int64();
    case 'number':
      return new Float64();
    case 'boolean':
      return new Bool();
    case 'list':
      return new List(children.map(fieldOf)[0] as Field);
    case 'struct':
      return new Struct(children.map(fieldOf));
    default:
      return new Utf8();
  }
}
