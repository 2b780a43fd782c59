import {
  type Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import type { Layout } from '../schema/layout.js';
import { FieldWriter, RecordWriter } from './record-columns.js';

/** The column of rows that do not fit their columns, as JSON text. */
export const SET_ASIDE = '$row';

/**
 * Writes rows as one Arrow IPC stream with one record batch.
 *
 * The batch has the layout's columns, in which a null means that the member is absent (or null,
 * where the schema admits that), and as its last column `$row`. A row that does not fit its
 * columns (a string in an integer field, a null where none may be, a key without a column that
 * matters) is all nulls there, and `$row` has its JSON text.
 *
 * @param layout - The record schema's columns.
 * @param rows - JSON values, one a row.
 */
export function encodeRows(layout: Layout, rows: readonly unknown[]): Uint8Array {
  const record = new RecordWriter(layout.columns, layout.closed, layout.presence);
  const setAside = new FieldWriter({
    name: SET_ASIDE,
    kind: 'json',
    required: false,
    nullable: false,
  });
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (record.write(row)) {
      setAside.column.writeNull();
    } else {
      record.truncate(index);
      record.writeNull();
      setAside.column.write(row ?? null);
    }
  }
  const fields: Field[] = [...record.fields, setAside.field];
  const data = makeData({
    type: new Struct(fields),
    length: rows.length,
    nullCount: 0,
    children: [...record.finish(), setAside.column.finish()],
  });
  const writer = new RecordBatchStreamWriter();
  writer.write(new RecordBatch(new Schema(fields), data));
  writer.finish();
  return writer.toUint8Array(true);
}
