import { RecordBatch, Table } from 'apache-arrow';
import { MisfitError } from '../../arrow/encode.js';
import { tableBody } from '../../arrow/table.js';
import type { Body, WritableBody } from '../../bridge/body.js';
import { messageOf } from '../../errors.js';
import type { RecordSchema } from '../../schema/registry.js';
import { explain } from '../../schema/validate.js';
import type { Source } from '../chunks/ordered.js';
import { encoderOf } from '../layers.js';
import { misuse } from '../misuse.js';
import { PackedBody, type Range } from './packed-body.js';

/** What `describe_function` says of the parameters; null for a function that is not there. */
export type ParameterKinds = Readonly<Record<string, 'table' | 'stream' | 'value'>> | null;

/** The arguments of a Python function, by the names of its parameters. */
export type PythonArguments = Readonly<Record<string, unknown>>;

/** Arguments none of which is a stream. */
export type PlainArguments = Readonly<Record<string, PlainArgument>>;

/** Arguments one of which is a stream. */
export type StreamArguments = Readonly<Record<string, PlainArgument | AsyncIterable<unknown>>>;

/** Anything but an asynchronous iterable; every value but null and undefined has `toString`. */
type PlainArgument =
  | null
  | undefined
  | { readonly [name: string]: unknown; readonly [Symbol.asyncIterator]?: never }
  | { toString(): string; readonly [Symbol.asyncIterator]?: never };

/** Arguments of a Python function, as they cross. */
export interface SentArguments {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where in the body the tables lie; filled when the body is written, before it is read. */
  readonly tables: Readonly<Record<string, Range>>;
  readonly body: Body | undefined;
  /** The argument that is a stream, and what it gives. */
  readonly stream: { readonly name: string; readonly source: Source<unknown> } | undefined;
}

/**
 * Sorts arguments by how they cross: tables, and rows of the schema that go where the function
 * takes a table, in the body; one asynchronous iterable as the stream; all else as JSON.
 *
 * @param schema - the schema that rows are of; a parameter `schema` that is left out is its name.
 * @throws EtlError `INVALID_REQUEST` for rows that do not fit it, and values that are not JSON.
 */
export function sentArguments(
  args: Readonly<Record<string, unknown>>,
  kinds: ParameterKinds,
  schema: RecordSchema | undefined,
): SentArguments {
  const bodies = new Map<string, Body>();
  const values: Record<string, unknown> = {};
  let stream: SentArguments['stream'];
  if (schema && kinds?.schema === 'value') values.schema = schema.name;
  for (const [name, value] of Object.entries(args)) {
    if (isStream(value)) {
      if (stream) throw misuse('callPython: a call takes one stream, these arguments have more');
      stream = { name, source: value };
    } else if (isTable(value)) bodies.set(name, tableBody(value));
    else if (Array.isArray(value) && kinds?.[name] === 'table') {
      bodies.set(name, rowsBody(value, schema, name));
    } else {
      assertJson(name, value);
      values[name] = value;
    }
  }
  const body = bodies.size === 0 ? undefined : new PackedBody(bodies);
  return { values, tables: body?.ranges ?? {}, body, stream };
}

/** One item of a stream to Python: a table, a batch, or rows of the schema. */
export function streamedBody(item: unknown, schema: RecordSchema | undefined): Body {
  if (isTable(item)) return tableBody(item);
  if (Array.isArray(item)) return rowsBody(item, schema, 'the stream');
  throw misuse('callPython: the items of a stream are tables, record batches or arrays of rows');
}

function assertJson(name: string, value: unknown): void {
  try {
    JSON.stringify(value);
  } catch (error) {
    throw misuse(`callPython: ${name} cannot be sent as JSON: ${messageOf(error).split('\n')[0]}`);
  }
}

/** Whether it is an Arrow table or record batch. */
export function isTable(value: unknown): value is Table | RecordBatch {
  return value instanceof Table || value instanceof RecordBatch;
}

/** Whether it is an asynchronous iterable, and no table. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Rows in the columns of their schema; a function is given no rows that do not fit these. */
function rowsBody(
  rows: readonly unknown[],
  schema: RecordSchema | undefined,
  name: string,
): WritableBody {
  if (!schema) {
    throw misuse(
      `callPython: ${name} is an array of rows; open the pipeline with their schema, or give a table`,
    );
  }
  const body = encoderOf(schema).exactBody(rows);
  return {
    get capacity() {
      return body.capacity;
    },
    write(target) {
      try {
        return body.write(target);
      } catch (error) {
        if (!(error instanceof MisfitError)) throw error;
        throw misuse(`callPython: ${name}: ${misfit(rows, error.index, schema)}`);
      }
    },
  };
}

function misfit(rows: readonly unknown[], index: number, schema: RecordSchema): string {
  // A member that is missing leaves a null, which fits the column.
  const reasons = explain(schema, rows[index], index, Number.MAX_SAFE_INTEGER);
  const first = reasons.find(({ keyword }) => keyword !== 'required') ?? reasons[0];
  const why = first ? ` (${first.path} ${first.message})` : '';
  const what = `row ${index} does not fit the columns of the schema ${schema.name}${why}`;
  return `${what}; validate the rows first, or pass an Arrow table for rows of another shape`;
}
