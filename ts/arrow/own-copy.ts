import {
  Binary,
  BinaryView,
  Bool,
  Data,
  DataType,
  Date_,
  Decimal,
  Dictionary,
  Duration,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float,
  Int,
  Interval,
  LargeBinary,
  LargeList,
  LargeUtf8,
  List,
  Map_,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Time,
  Timestamp,
  Type,
  Union,
  Utf8,
  Utf8View,
  Vector,
} from 'apache-arrow';

const TYPES = new Map<Type, { readonly prototype: object }>([
  [Type.Null, Null],
  [Type.Int, Int],
  [Type.Float, Float],
  [Type.Binary, Binary],
  [Type.LargeBinary, LargeBinary],
  [Type.BinaryView, BinaryView],
  [Type.Utf8, Utf8],
  [Type.LargeUtf8, LargeUtf8],
  [Type.Utf8View, Utf8View],
  [Type.Bool, Bool],
  [Type.Decimal, Decimal],
  [Type.Date, Date_],
  [Type.Time, Time],
  [Type.Timestamp, Timestamp],
  [Type.Interval, Interval],
  [Type.Duration, Duration],
  [Type.List, List],
  [Type.LargeList, LargeList],
  [Type.Struct, Struct],
  [Type.Union, Union],
  [Type.FixedSizeBinary, FixedSizeBinary],
  [Type.FixedSizeList, FixedSizeList],
  [Type.Map, Map_],
  [Type.Dictionary, Dictionary],
]);

/** What was made of types and vectors of other copies: what was one there stays one. */
const made = new WeakMap<object, unknown>();

/**
 * A table or batch in the classes of this copy of apache-arrow, over the same memory; one that is
 * in them already is given back as it is.
 *
 * A program may have a copy of its own, whose objects this one takes for its own and then writes
 * wrongly: its integers, say, without their width.
 */
export function inOwnClasses<T extends Table | RecordBatch>(table: T): T;
export function inOwnClasses(table: Table | RecordBatch): Table | RecordBatch {
  if (isOwn(table)) return table;
  const { fields, metadata } = table.schema;
  const schema = new Schema(fields.map(ownField), metadata);
  const batches = table instanceof Table ? table.batches : [table];
  const own = batches.map(({ data, metadata }) => {
    return new RecordBatch(schema, ownData(data) as Data<Struct>, metadata);
  });
  return table instanceof Table ? new Table(schema, own) : (own[0] as RecordBatch);
}

/** Subclasses of ours, by the chain of prototypes: `instanceof` is true of other copies too. */
function isOwn(table: object): boolean {
  return [Table, RecordBatch].some(({ prototype }) => {
    return Object.prototype.isPrototypeOf.call(prototype, table);
  });
}

function ownField({ name, type, nullable, metadata }: Field): Field {
  return new Field(name, ownType(type), nullable, metadata);
}

function ownType(type: DataType): DataType {
  return once(type, () => {
    const prototype = TYPES.get(type.typeId)?.prototype ?? DataType.prototype;
    const own = Object.assign(Object.create(prototype), type);
    if (type.children) own.children = (type.children as Field[]).map(ownField);
    if (DataType.isDictionary(type)) {
      own.indices = ownType(type.indices);
      own.dictionary = ownType(type.dictionary);
    }
    return own;
  });
}

function ownData(data: Data): Data {
  const { offset, length, nullCount, buffers, children, dictionary } = data;
  return new Data(
    ownType(data.type),
    offset,
    length,
    nullCount,
    buffers,
    children.map(ownData),
    dictionary && once(dictionary, () => new Vector(dictionary.data.map(ownData))),
  );
}

function once<T extends object>(other: T, make: () => T): T {
  const known = made.get(other) as T | undefined;
  if (known) return known;
  const own = make();
  made.set(other, own);
  return own;
}
