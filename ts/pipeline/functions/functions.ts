import type { Table } from 'apache-arrow';
import { decodeTable } from '../../arrow/decode.js';
import type { StreamChunk } from '../../bridge/input.js';
import type { WorkerPool } from '../../bridge/pool.js';
import type { Transfer } from '../../bridge/reply.js';
import type { RecordSchema } from '../../schema/registry.js';
import type { Source } from '../chunks/ordered.js';
import type { CallLimits } from '../deadline.js';
import type { PythonCaller } from '../layers.js';
import {
  type ParameterKinds,
  type PythonArguments,
  sentArguments,
  streamedBody,
} from './arguments.js';
import { holding, lentTables } from './lent.js';
import type { Range } from './packed-body.js';
import { type Reference, withReferences } from './references.js';

/** The value of a reply of `call_function`, or of one chunk of its output. */
interface Answer {
  readonly value: unknown;
  readonly tables: Ranges;
  /** Of tables that are not written whole: which of their columns are those of arguments. */
  readonly columns?: Readonly<Record<string, readonly Reference[]>>;
}

type Ranges = Readonly<Record<string, Range>>;

/** What has come of an answer: its value, and the memory that its tables lie in. */
interface Received {
  readonly value: Answer;
  readonly body: Uint8Array | undefined;
  /** The body of the call, when the answer refers to it. */
  readonly request?: { readonly bytes: Uint8Array } | undefined;
  readonly transfer: Transfer;
  release(): void;
}

/** A stream may go on for as long as something moves. */
const SILENCE_MS = 300_000;

/** The key of a table that is the whole answer. */
const ALONE = '';

type Streaming = Pick<WorkerPool, 'stream'>;

/** Python functions, called by name. */
export class PythonFunctions {
  readonly #pool: Streaming;
  readonly #caller: PythonCaller;
  readonly #schema: RecordSchema | undefined;
  readonly #kinds = new Map<string, ParameterKinds>();

  /**
   * @param pool - for streams.
   * @param caller - for all other calls.
   * @param schema - that of rows among the arguments.
   */
  constructor(pool: Streaming, caller: PythonCaller, schema: RecordSchema | undefined) {
    this.#pool = pool;
    this.#caller = caller;
    this.#schema = schema;
  }

  /** Calls a function that takes no stream. */
  call(name: string, args: PythonArguments, limits: CallLimits): Promise<unknown> {
    return holding(`callPython ${name}`, Object.values(args), async () => {
      const { params, body } = await this.#request(name, args, limits);
      const call = { body, refersToBody, ...limits };
      const sent = { ...params, by_reference: body !== undefined };
      const reply = await this.#caller.call<Answer>('call_function', sent, call);
      return resultOf(reply, params.tables);
    });
  }

  /** Calls a function that takes or gives a stream. */
  async stream(name: string, args: PythonArguments, limits: CallLimits) {
    const { params, body, stream } = await this.#request(name, args, limits);
    const input = stream && chunksOf(stream.source, this.#schema);
    return this.#pool.stream<Answer>('call_function', params, {
      body,
      silenceMs: SILENCE_MS,
      ...limits,
      ...(input && { input }),
    });
  }

  async #request(name: string, args: PythonArguments, limits: CallLimits) {
    const kinds = await this.#kindsOf(name, limits);
    const { values, tables, body, stream } = sentArguments(args, kinds, this.#schema);
    return { params: { name, args: values, tables, stream: stream?.name }, body, stream };
  }

  async #kindsOf(name: string, limits: CallLimits): Promise<ParameterKinds> {
    const known = this.#kinds.get(name);
    if (known) return known;
    const { value } = await this.#caller.call<ParameterKinds>(
      'describe_function',
      { name },
      limits,
    );
    if (value) this.#kinds.set(name, value);
    return value;
  }
}

/**
 * A result: a table in the memory of its answer, a plain value, or an object with such tables.
 *
 * @param sent - where in the body of the call its tables lie.
 */
export function resultOf(received: Received, sent: Ranges = {}): unknown {
  const { value, tables } = received.value;
  const names = Object.keys(tables);
  if (names.length === 0) {
    received.release();
    return value;
  }
  const lent = lentTables(openTables(received, sent), received);
  if (names[0] === ALONE) return lent[0];
  const members = names.map((name, at) => [name, lent[at]] as const);
  return { ...(value as object), ...Object.fromEntries(members) };
}

function refersToBody(value: unknown): boolean {
  return (value as Answer | null)?.columns !== undefined;
}

function openTables(received: Received, sent: Ranges): Table[] {
  const { value, body, request } = received;
  const opened = new Map<string, Table>();
  const argumentOf = (name: string): Table => {
    const range = Object.hasOwn(sent, name) ? sent[name] : undefined;
    if (!request || !range)
      throw new Error(`a reference to ${name}, which is no table of the call`);
    const argument = opened.get(name) ?? tableAt(request.bytes, range);
    opened.set(name, argument);
    return argument;
  };
  try {
    const columns = new Map(Object.entries(value.columns ?? {}));
    return Object.entries(value.tables).map(([name, range]) => {
      const table = tableAt(body, range);
      const references = columns.get(name);
      return references ? withReferences(table, references, argumentOf) : table;
    });
  } catch (error) {
    received.release();
    throw error;
  }
}

function tableAt(body: Uint8Array = new Uint8Array(), [offset, length]: Range): Table {
  return decodeTable(body.subarray(offset, offset + length));
}

async function* chunksOf(
  stream: Source<unknown>,
  schema: RecordSchema | undefined,
): AsyncGenerator<StreamChunk> {
  for await (const item of stream) yield { body: streamedBody(item, schema) };
}
