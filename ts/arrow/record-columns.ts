import { type Data, Field, List, makeData, Struct } from 'apache-arrow';
import type { ColumnLayout } from '../schema/layout.js';
import { ColumnWriter } from './column.js';
import { JsonWriter, OffsetWriter, StringWriter } from './offset-columns.js';
import { BooleanWriter, IntegerWriter, NumberWriter } from './scalar-columns.js';

class ListWriter extends OffsetWriter {
  readonly type: List;
  readonly #item: FieldWriter;

  constructor(item: FieldWriter) {
    super();
    this.#item = item;
    this.type = new List(item.field);
  }

  protected get end(): number {
    return this.#item.column.length;
  }

  write(value: unknown): boolean {
    if (!Array.isArray(value)) return false;
    for (const item of value) {
      if (!this.#item.write(item)) return false;
    }
    this.skip();
    this.mark(true);
    return true;
  }

  protected cut(length: number): void {
    this.#item.column.truncate(this.start(length));
  }

  protected data(nullBitmap: Uint8Array): Data {
    return makeData({
      type: this.type,
      length: this.length,
      nullBitmap,
      valueOffsets: this.offsets.subarray(0, this.length + 1),
      child: this.#item.column.finish(),
    });
  }
}

class StructWriter extends ColumnWriter {
  readonly type: Struct;
  readonly #members: RecordWriter;

  constructor(members: RecordWriter) {
    super();
    this.#members = members;
    this.type = new Struct(members.fields);
  }

  write(value: unknown): boolean {
    if (!this.#members.write(value)) return false;
    this.mark(true);
    return true;
  }

  protected skip(): void {
    this.#members.writeNull();
  }

  protected cut(length: number): void {
    this.#members.truncate(length);
  }

  protected data(nullBitmap: Uint8Array): Data {
    const children = this.#members.finish();
    return makeData({ type: this.type, length: this.length, nullBitmap, children });
  }
}

/** A column with its name, and what a missing value and a null mean there. */
export class FieldWriter {
  readonly name: string;
  readonly column: ColumnWriter;
  readonly field: Field;
  readonly #required: boolean;
  readonly #nullable: boolean;
  readonly #isInherited: boolean;

  /** @param presence - whether null differs from an absent member; then it does not fit. */
  constructor(layout: ColumnLayout, presence = false) {
    this.name = layout.name;
    this.column = columnWriter(layout);
    this.field = new Field(layout.name, this.column.type, true);
    this.#required = layout.required;
    this.#nullable = layout.nullable && (layout.required || !presence);
    this.#isInherited = layout.name in {};
  }

  /** The member of an object that goes here; `constructor` only where it is the object's own. */
  of(members: Readonly<Record<string, unknown>>): unknown {
    return this.#isInherited && !Object.hasOwn(members, this.name) ? undefined : members[this.name];
  }

  /** Appends a value, or says false when it does not fit. */
  write(value: unknown): boolean {
    if (value === undefined ? this.#required : value === null && !this.#nullable) return false;
    if (value !== undefined && value !== null) return this.column.write(value);
    this.column.writeNull();
    return true;
  }
}

/** The columns of an object, written together. */
export class RecordWriter {
  readonly #fields: readonly FieldWriter[];
  readonly #closed: boolean;

  constructor(columns: readonly ColumnLayout[], closed: boolean, presence = false) {
    this.#fields = columns.map((column) => new FieldWriter(column, presence));
    this.#closed = closed;
  }

  get fields(): Field[] {
    return this.#fields.map(({ field }) => field);
  }

  /** Appends an object, or says false when it does not fit and leaves a tail to `truncate`. */
  write(row: unknown): boolean {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
    const members = row as Record<string, unknown>;
    let known = 0;
    for (const field of this.#fields) {
      const value = field.of(members);
      if (value !== undefined) known += 1;
      if (!field.write(value)) return false;
    }
    return !this.#closed || known === Object.keys(members).length;
  }

  writeNull(): void {
    for (const { column } of this.#fields) column.writeNull();
  }

  truncate(length: number): void {
    for (const { column } of this.#fields) column.truncate(length);
  }

  finish(): Data[] {
    return this.#fields.map(({ column }) => column.finish());
  }
}

function columnWriter(layout: ColumnLayout): ColumnWriter {
  switch (layout.kind) {
    case 'integer':
      return new IntegerWriter();
    case 'number':
      return new NumberWriter();
    case 'boolean':
      return new BooleanWriter();
    case 'json':
      return new JsonWriter();
    case 'list':
      if (layout.item === undefined) throw new TypeError(`${layout.name}: a list of what?`);
      return new ListWriter(new FieldWriter(layout.item));
    case 'struct':
      // Within a value, a null that is written out may matter to any keyword.
      return new StructWriter(new RecordWriter(layout.fields ?? [], true, true));
    default:
      return new StringWriter();
  }
}
