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

/** The value of a reply of `call_function`, or of one chunk of its output. */
interface Answer {
  readonly value: unknown;
  readonly tables: Readonly<Record<string, Range>>;
}

/** What has come of an answer: its value, and the memory that its tables lie in. */
interface Received {
  readonly value: Answer;
  readonly body: Uint8Array | undefined;
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
      const call = { body, ...limits };
      return resultOf(await this.#caller.call<Answer>('call_function', params, call));
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

/** A result: a table in the memory of its answer, a plain value, or an object with such tables. */
export function resultOf(received: Received): unknown {
  const { value, tables } = received.value;
  const names = Object.keys(tables);
  if (names.length === 0) {
    received.release();
    return value;
  }
  const lent = lentTables(openTables(received), received);
  if (names[0] === ALONE) return lent[0];
  const members = names.map((name, at) => [name, lent[at]] as const);
  return { ...(value as object), ...Object.fromEntries(members) };
}

function openTables(received: Received): Table[] {
  const { value, body = new Uint8Array() } = received;
  try {
    return Object.values(value.tables).map(([offset, length]) => {
      return decodeTable(body.subarray(offset, offset + length));
    });
  } catch (error) {
    received.release();
    throw error;
  }
}

async function* chunksOf(
  stream: Source<unknown>,
  schema: RecordSchema | undefined,
): AsyncGenerator<StreamChunk> {
  for await (const item of stream) yield { body: streamedBody(item, schema) };
}
