import { Field, makeData, RecordBatch, Schema, Struct, Table } from 'apache-arrow';

/**
 * A column that Python gave back as it was given, and did not write again: its place in the table,
 * and which column of which argument it is.
 */
export type Reference = readonly [at: number, argument: string, column: number];

/**
 * Puts a table together from what Python wrote of it and from columns of the call's arguments.
 *
 * @param table - as Python wrote it: with its fields, but an empty struct for each such column.
 * @param argumentOf - an argument of the call, as it was sent.
 * @throws Error when what is referred to is not there.
 */
export function withReferences(
  table: Table,
  references: readonly Reference[],
  argumentOf: (name: string) => Table,
): Table {
  const columns = new Map(
    references.map(([at, argument, column]) => [at, columnOf(argumentOf(argument), column)]),
  );
  const { metadata, dictionaries, metadataVersion } = table.schema;
  const fields = table.schema.fields.map((field, at) => {
    const type = columns.get(at)?.type;
    return type ? new Field(field.name, type, field.nullable, field.metadata) : field;
  });
  const schema = new Schema(fields, metadata, dictionaries, metadataVersion);
  const batches = table.batches.map((batch, index) => {
    const { numRows: length } = batch;
    const children = batch.data.children.map((own, at) => {
      const child = columns.has(at) ? columns.get(at)?.chunks[index] : own;
      if (child?.length === length) return child;
      throw new Error(`column ${at} refers to a column that has no batch of ${length} rows`);
    });
    const type = new Struct(fields);
    return new RecordBatch(
      schema,
      makeData({ type, length, nullCount: 0, children }),
      batch.metadata,
    );
  });
  // Of two columns with one name, apache-arrow's batches have a schema of their own.
  return new Table(batches[0]?.schema ?? schema, batches);
}

function columnOf(table: Table, column: number) {
  const batches = table.batches.filter(({ numRows }) => numRows > 0);
  const type = batches[0]?.data.children[column]?.type;
  if (!type) throw new Error(`a reference to column ${column} of ${table.numCols}`);
  return { type, chunks: batches.map(({ data }) => data.children[column]) };
}
