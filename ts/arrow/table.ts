import { RecordBatch, RecordBatchStreamWriter, Table } from 'apache-arrow';
import type { WritableBody } from '../bridge/body.js';
import { inOwnClasses } from './own-copy.js';
import { unsliced } from './unsliced.js';

/**
 * Makes a body of a table or of one record batch, as an Arrow IPC stream.
 *
 * Its buffers are copied once, from where they lie to the body's place. They must not change
 * until it is sent.
 */
export function tableBody(table: Table | RecordBatch): WritableBody {
  const own = inOwnClasses(table);
  const { schema } = own;
  const batches = (own instanceof Table ? own.batches : [own])
    .filter(({ numRows }) => numRows > 0)
    .map(({ data, metadata }) => new RecordBatch(schema, unsliced(data), metadata));
  const writer = new BufferList();
  writer.write(new Table(schema, batches));
  writer.finish();
  const { buffers } = writer;
  const capacity = buffers.reduce((length, { byteLength }) => length + byteLength, 0);
  const write = (target: Uint8Array): number => {
    let end = 0;
    for (const buffer of buffers) {
      target.set(buffer, end);
      end += buffer.byteLength;
    }
    return end;
  };
  return { capacity, write };
}

/** Lists the buffers of a stream where it would otherwise join them in memory of its own. */
class BufferList extends RecordBatchStreamWriter {
  readonly buffers: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    const { buffer, byteOffset, byteLength } = chunk;
    if (this._started) this.buffers.push(new Uint8Array(buffer, byteOffset, byteLength));
    return this;
  }
}
