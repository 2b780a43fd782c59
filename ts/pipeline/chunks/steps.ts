import type { Table } from 'apache-arrow';
import { tableBody } from '../../arrow/table.js';
import type { Step } from '../../jobs/transformations.js';
import type { Log } from '../../observability/log.js';
import type { RecordSchema } from '../../schema/registry.js';
import { difference, union } from '../ascending.js';
import type { CallLimits } from '../deadline.js';
import { encoderOf, judgeByZod, type PythonCaller } from '../layers.js';
import { RowJudge, refusedBySchema } from '../row-judge.js';
import { type Chunk, isRows } from './chunk.js';
import type { Outcome } from './outcome.js';
import { type Stepped, transformRows, validateTable } from './python-steps.js';

/** An outcome with the rows that stay, in the memory of Python's reply. */
export interface SteppedOutcome extends Outcome, Pick<Stepped, 'table' | 'reply'> {}

/** The first steps of a pipeline, on one chunk: those that need no other. */
export class ChunkSteps {
  readonly schema: RecordSchema;
  readonly transformations: readonly Step[];
  readonly #pool: PythonCaller;
  readonly #maxErrors: number;
  readonly #log: Log;

  constructor(parts: {
    schema: RecordSchema;
    transformations: readonly Step[];
    pool: PythonCaller;
    maxErrors: number;
    log: Log;
  }) {
    this.schema = parts.schema;
    this.transformations = parts.transformations;
    this.#pool = parts.pool;
    this.#maxErrors = parts.maxErrors;
    this.#log = parts.log;
  }

  /** Has both layers judge rows. */
  async validateRows(rows: readonly unknown[], limits: CallLimits): Promise<Outcome> {
    const judge = new RowJudge({
      schema: this.schema,
      mode: 'dual',
      maxErrors: this.#maxErrors,
      pool: this.#pool,
      signal: limits.signal,
      log: this.#log,
    });
    await judge.push(rows);
    const { total, refused, errors, truncated } = await judge.finish();
    return { read: total, refused, errors, truncated };
  }

  /** Has Python's columnar layer judge a table; its columns are cast to the schema's types. */
  async validateTable(table: Table, limits: CallLimits): Promise<SteppedOutcome> {
    const request = { schema: this.schema.name, maxErrors: this.#maxErrors, limits };
    return outcomeOf(await validateTable(this.#pool, { ...request, body: tableBody(table) }));
  }

  /** Transforms rows, or a table, that were found valid. */
  async transformValid(chunk: Chunk, limits: CallLimits): Promise<SteppedOutcome> {
    return outcomeOf(await this.#transform(chunk, false, limits));
  }

  /**
   * Judges and transforms a chunk in one call: rows are encoded once, and Zod judges them while
   * Python works.
   */
  async transform(chunk: Chunk, limits: CallLimits): Promise<SteppedOutcome> {
    if (!isRows(chunk)) return outcomeOf(await this.#transform(chunk, true, limits));
    const { signal } = limits;
    const stepping = this.#transform(chunk, true, limits);
    const [stepped, zod] = await Promise.all([
      stepping,
      judgeByZod({ schema: this.schema, rows: chunk, firstIndex: 0, maxErrors: 0, signal }),
    ]).catch((error: unknown) => {
      stepping.then(({ reply }) => reply.release()).catch(() => undefined);
      throw error;
    });
    if (isSame(zod.invalid, refusedBySchema(stepped.verdict))) return outcomeOf(stepped);
    stepped.reply.release();
    return this.#transformDisputed(chunk, limits);
  }

  /** The layers disagree on some rows: their judge says so, and rejects what either refuses. */
  async #transformDisputed(rows: readonly unknown[], limits: CallLimits): Promise<SteppedOutcome> {
    const judged = await this.validateRows(rows, limits);
    const places = difference([...rows.keys()], judged.refused);
    const transformed = await this.transformValid(
      places.map((place) => rows[place]),
      limits,
    );
    const placeOf = (index: number) => places[index] ?? index;
    const errors = transformed.errors.map((error) => ({ ...error, index: placeOf(error.index) }));
    return {
      ...transformed,
      read: rows.length,
      refused: union(judged.refused, transformed.refused.map(placeOf)),
      errors: [...judged.errors, ...errors],
      truncated: judged.truncated || transformed.truncated,
    };
  }

  #transform(chunk: Chunk, validate: boolean, limits: CallLimits): Promise<Stepped> {
    const { schema, transformations } = this;
    const body = isRows(chunk) ? encoderOf(schema).body(chunk) : tableBody(chunk);
    const request = { schema: schema.name, body, maxErrors: this.#maxErrors, limits };
    return transformRows(this.#pool, request, { transformations, validate });
  }
}

function isSame(list: readonly number[], other: readonly number[]): boolean {
  return list.length === other.length && list.every((one, at) => one === other[at]);
}

function outcomeOf({ rows, verdict, table, reply }: Stepped): SteppedOutcome {
  const { invalid: refused, errors, truncated } = verdict;
  return { read: rows, refused, errors, truncated, table, reply };
}
