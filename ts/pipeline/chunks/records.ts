import type { ColumnLayout, Layout } from '../../schema/layout.js';

/** Makes a record of the values of a row's columns, as they are in JSON types. */
export type RecordReader = (values: readonly unknown[]) => Record<string, unknown>;

type Convert = (value: unknown) => unknown;

/**
 * Makes the reader of a schema's records from rows in the types of columnar outputs.
 *
 * A null is an absent member, except where the schema requires the member and admits null; JSON
 * text is what it stands for; numbers are numbers or text as the schema has them.
 */
export function recordReader({ columns }: Layout): RecordReader {
  return membersOf(columns);
}

function membersOf(columns: readonly ColumnLayout[]): RecordReader {
  const members = columns.map((column) => {
    const { name, required, nullable } = column;
    return { name, keepsNull: required && nullable, convert: converter(column) };
  });
  return (values) => {
    const record: Record<string, unknown> = {};
    for (const [at, { name, keepsNull, convert }] of members.entries()) {
      const value = values[at] ?? null;
      if (value !== null) record[name] = convert(value);
      else if (keepsNull) record[name] = null;
    }
    return record;
  };
}

function converter({ kind, item, fields = [] }: ColumnLayout): Convert {
  switch (kind) {
    case 'json':
      return (text) => JSON.parse(String(text));
    case 'string':
      return (value) => (typeof value === 'string' ? value : String(value));
    case 'number':
      return (value) => (typeof value === 'number' ? value : Number(value));
    case 'time':
      return (value) => `${value}Z`;
    case 'list': {
      const convert: Convert = item ? converter(item) : (value) => value;
      return (values) => (values as unknown[]).map((one) => (one === null ? null : convert(one)));
    }
    case 'struct': {
      const read = membersOf(fields);
      const names = fields.map(({ name }) => name);
      return (value) => read(names.map((name) => (value as Record<string, unknown>)[name]));
    }
    default:
      return (value) => value;
  }
}
