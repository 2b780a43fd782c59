import { assertMethodOptions, assertPythonCall, assertSource } from './checks.js';
import {
  type Batch,
  chunkOf,
  type Rows,
  type TableChunk,
  type Transformed,
  type TransformedTable,
  type ValidRows,
  type ValidTable,
} from './chunks/chunk.js';
import { ChunkFlow } from './chunks/flow.js';
import type { Source } from './chunks/ordered.js';
import { ChunkSteps } from './chunks/steps.js';
import { streamed } from './chunks/streamed.js';
import type { TransformedRows } from './chunks/transformed-rows.js';
import { aborted, type CallLimits, limitsOf, withinDeadline } from './deadline.js';
import {
  isStream,
  type PlainArguments,
  type PythonArguments,
  type StreamArguments,
} from './functions/arguments.js';
import { PythonFunctions } from './functions/functions.js';
import { lendingCaller } from './functions/lending.js';
import { noStream, PythonStream } from './functions/stream.js';
import { misuse } from './misuse.js';
import { openParts, type PipelineParts } from './open.js';
import type { BuiltInName, MethodOptions, PipelineOptions, RecordOf } from './options.js';
import type { AppendFile } from './saved/append-file.js';
import { finish, type Published } from './saved/finish.js';
import type { PublishedFile } from './saved/publication.js';

/**
 * Validates, transforms and publishes rows chunk by chunk, and calls Python functions, from a
 * plain program: it starts its own workers and needs no server.
 *
 * A chunk is an array of rows or an Arrow table, and what comes out is of the kind that went in.
 * `finish` publishes what was saved, all at once, as a job would have published the same rows.
 *
 * @example
 * await using pipeline = await Pipeline.open({
 *   schema: 'user',
 *   transformations: ['normalize', 'deduplicate'],
 *   target: './data/output/users.parquet',
 * });
 * for await (const chunk of dataStream) {
 *   const validated = await pipeline.validate(chunk);
 *   const transformed = await pipeline.transform(validated);
 *   await pipeline.save(transformed);
 * }
 * const { rows, sha256, counts } = await pipeline.finish();
 */
export class Pipeline<T extends object = Record<string, unknown>> implements AsyncDisposable {
  readonly #parts: PipelineParts;
  readonly #functions: PythonFunctions;
  readonly #flow: ChunkFlow<T> | undefined;
  /** What must have ended before the pipeline can be finished or closed. */
  readonly #pending = new Set<Promise<void>>();
  #state: 'open' | 'finished' | 'closed' = 'open';
  #closing: Promise<void> | undefined;

  private constructor(parts: PipelineParts) {
    const { pool, schema, transformations, deadLetters, log } = parts;
    this.#parts = parts;
    const { limit } = pool.status().memory;
    const caller = lendingCaller(pool, limit / (2 * parts.workers), limit / 2);
    this.#functions = new PythonFunctions(pool, caller, schema);
    if (!schema) return;
    const maxErrors = deadLetters ? Number.MAX_SAFE_INTEGER : parts.maxErrors;
    const steps = new ChunkSteps({ schema, transformations, pool: caller, maxErrors, log });
    this.#flow = new ChunkFlow({ steps, deadLetters, maxErrors: parts.maxErrors });
  }

  /**
   * Checks the options and starts the workers; calls wait for these.
   *
   * @throws StartError for settings of the environment; EtlError `SCHEMA_NOT_FOUND`,
   *   `PATH_FORBIDDEN`, `TARGET_EXISTS` or `INVALID_REQUEST` for options.
   */
  static open<Name extends BuiltInName>(
    options: PipelineOptions & { readonly schema: Name },
  ): Promise<Pipeline<RecordOf<Name>>>;
  static open<T extends object = Record<string, unknown>>(
    options?: PipelineOptions,
  ): Promise<Pipeline<T>>;
  static async open(options: PipelineOptions = {}): Promise<Pipeline> {
    return new Pipeline(await openParts(options));
  }

  /**
   * Finds the valid rows of a chunk.
   *
   * Rows are judged by both layers, Zod and Python, a table by Python's columnar layer, which
   * casts its columns to the schema's types first.
   *
   * @returns the valid rows: the very objects of the chunk, or a table with its columns; with
   *   `errors`, `errorsTruncated` and `counts`.
   * @throws BridgeError when Python cannot answer; `COLUMNS_MISMATCH` for a table whose columns
   *   are not those of the schema.
   */
  validate(chunk: TableChunk, options?: MethodOptions): Promise<ValidTable>;
  validate(chunk: Rows, options?: MethodOptions): Promise<ValidRows<T>>;
  validate(chunk: Rows | TableChunk, options: MethodOptions = {}) {
    return this.#run('validate', options, (limits) => {
      return this.#flowFor('validate').validate(chunkOf('validate', chunk), limits);
    });
  }

  /**
   * Applies the pipeline's transformations to a batch, up to the first that needs the whole data
   * (`deduplicate`, `aggregate`): that one and those after it take effect in `finish`.
   *
   * @param batch - what `validate` gave, which passes on to what this returns; or a chunk, which is
   *   validated with it.
   * @returns rows that are built when they are read, or a table in the types of columnar outputs;
   *   with what `validate` gives.
   * @throws as `validate`.
   */
  transform(batch: TableChunk, options?: MethodOptions): Promise<TransformedTable>;
  transform(batch: Rows | TransformedRows<T>, options?: MethodOptions): Promise<TransformedRows<T>>;
  transform(batch: Batch<T>, options: MethodOptions = {}) {
    return this.#transform(batch, options);
  }

  /**
   * Lays a batch aside for `finish`, behind those of earlier calls.
   *
   * @param batch - what `transform` gave, whose memory is released then; anything else is brought
   *   that far first.
   * @throws as `validate`; nothing of the batch is saved then.
   */
  save(batch: Batch<T>, options: MethodOptions = {}): Promise<void> {
    return this.#run('save', options, (limits) => {
      const { flow, saved } = this.#forSaving('save');
      return flow.save(chunkOf('save', batch), limits, saved);
    });
  }

  /**
   * Validates and transforms the chunks of a source, some of them ahead of their reader, in order.
   *
   * The source is read only as fast as the results are. A result's memory is given back when the
   * next one is asked for; leaving the loop ends what is under way.
   *
   * @param options.timeout - how long one chunk may take.
   */
  stream(
    source: Source<TableChunk>,
    options?: MethodOptions,
  ): AsyncGenerator<TransformedTable, void>;
  stream(source: Source<Rows>, options?: MethodOptions): AsyncGenerator<TransformedRows<T>, void>;
  stream(
    source: Source<Rows | TableChunk>,
    options: MethodOptions = {},
  ): AsyncGenerator<Transformed<T>, void> {
    assertMethodOptions('stream', options);
    assertSource(source);
    const transform = (chunk: Rows | TableChunk, limits: MethodOptions) =>
      this.#transform(chunk, limits);
    return streamed(source, this.#parts.workers, transform, options);
  }

  /**
   * Calls a Python function by its name: one that is built in, or of ETL_PYTHON_DIR.
   *
   * Tables cross by reference, as do arrays of rows where the function takes a table; everything
   * else as JSON. A parameter `schema` that is left out is the pipeline's schema.
   *
   * @param args - by the names of the function's parameters; one may be an asynchronous iterable of
   *   tables or arrays of rows, which is streamed.
   * @param options.stream - reads what the function yields, when no argument is a stream.
   * @returns what the function returns: a table that lies in shared memory ({@link Lent}), a plain
   *   value, or an object with such tables among its members; with a stream, a
   *   {@link PythonStream}.
   * @throws BridgeError `FUNCTION_NOT_FOUND`, `INVALID_ARGUMENTS`, `FUNCTION_FAILED`, …
   */
  callPython<Result = unknown, Item = unknown>(
    name: string,
    args: StreamArguments,
    options: MethodOptions & { readonly stream: true },
  ): PythonStream<Item, Result>;
  callPython<Result = unknown>(
    name: string,
    args?: PlainArguments,
    options?: MethodOptions,
  ): Promise<Result>;
  callPython<Result = unknown, Item = unknown>(
    name: string,
    args: StreamArguments,
    options?: MethodOptions,
  ): PythonStream<Item, Result>;
  callPython(
    name: string,
    args: PythonArguments = {},
    options: MethodOptions & { readonly stream?: boolean } = {},
  ) {
    const method = `callPython ${name}`;
    assertPythonCall(name, args, options);
    const { stream, ...limits } = options;
    if (stream || Object.values(args).some(isStream)) {
      this.#assertNotClosed(method);
      return new PythonStream(this.#functions.stream(name, args, limitsOf(limits)));
    }
    const run = (within: CallLimits) => this.#functions.call(name, args, within);
    return noStream(method, this.#run(method, limits, run));
  }

  /**
   * Publishes what was saved: the rest of the transformations are done over the whole, the counts
   * checked, and the target put in its place in one step.
   *
   * When it throws, nothing is published, and what was saved is still there.
   *
   * @throws EtlError `INVALID_REQUEST` when nothing was saved; `TARGET_EXISTS`, `DISK_FULL` and
   *   whatever else ends a job.
   */
  async finish(options: MethodOptions = {}): Promise<Published> {
    const { flow, saved, target } = this.#forSaving('finish');
    const { transformations, ifExists, deadLetters } = this.#parts;
    const schema = flow.schema.name;
    const publication = { saved: saved.path, schema, transformations, target, ifExists };
    const before = Promise.all(this.#pending);
    this.#state = 'finished';
    try {
      return await this.#run('finish', options, async (limits) => {
        await Promise.race([before, aborted(limits.signal)]);
        if (flow.counts.batches > 0) {
          return finish(this.#parts, publication, { flow: flow.counts, deadLetters }, limits);
        }
        throw misuse('finish: nothing was saved, so nothing is published');
      });
    } catch (error) {
      if (this.#state === 'finished') this.#state = 'open';
      throw error;
    }
  }

  /**
   * Ends the workers and removes every file but what was published; methods under way reject.
   * Calling it again waits for the same end.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #transform(batch: Batch<T>, options: MethodOptions): Promise<Transformed<T>> {
    return this.#run('transform', options, (limits) => {
      return this.#flowFor('transform').transform(chunkOf('transform', batch), limits);
    });
  }

  async #close(): Promise<void> {
    this.#state = 'closed';
    const { pool, folder, saved, deadLetters } = this.#parts;
    await pool.close();
    await Promise.all(this.#pending);
    await saved?.close();
    await deadLetters?.close();
    await folder.remove();
  }

  /**
   * Runs a method within its limits, and keeps the pipeline from closing under it. Only its caller
   * waits for what it returns: so the caller's frames stand in the stack of an error.
   */
  async #run<R>(
    method: string,
    options: MethodOptions,
    run: (limits: CallLimits) => Promise<R>,
  ): Promise<R> {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pending.add(ended);
    try {
      assertMethodOptions(method, options);
      this.#assertNotClosed(method);
      return await withinDeadline(method, options, run);
    } finally {
      this.#pending.delete(ended);
      end();
    }
  }

  #flowFor(method: string): ChunkFlow<T> {
    this.#assertNotClosed(method);
    if (this.#state === 'finished')
      throw misuse(`${method}: the pipeline is finished; open another`);
    if (!this.#flow) throw misuse(`${method} needs a record schema: Pipeline.open({ schema })`);
    return this.#flow;
  }

  #forSaving(method: string): { flow: ChunkFlow<T>; saved: AppendFile; target: PublishedFile } {
    const flow = this.#flowFor(method);
    const { saved, target } = this.#parts;
    if (saved && target !== undefined) return { flow, saved, target };
    throw misuse(`${method} needs a target: Pipeline.open({ target })`);
  }

  #assertNotClosed(method: string): void {
    if (this.#state === 'closed') throw misuse(`${method}: the pipeline is closed`);
  }
}
