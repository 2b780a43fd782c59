import { Table } from 'apache-arrow';
import type { RecordSchema } from '../../schema/registry.js';
import type { CallLimits } from '../deadline.js';
import { holding, lentTable, liesIn, ownerWith, withProperties } from '../functions/lent.js';
import type { AppendFile } from '../saved/append-file.js';
import type { Transformed, ValidRows, ValidTable } from './chunk.js';
import { type Chunk, isRows } from './chunk.js';
import { Custody, type Given, Origin } from './custody.js';
import type { DeadLetters } from './dead-letters.js';
import type { Outcome } from './outcome.js';
import { type Judged, judgedOf } from './outcome.js';
import { rawRows } from './raw-rows.js';
import { type RecordReader, recordReader } from './records.js';
import type { ChunkSteps, SteppedOutcome } from './steps.js';
import { TransformedRows } from './transformed-rows.js';

/** What the flow of a pipeline's chunks works with. */
export interface FlowParts {
  readonly steps: ChunkSteps;
  readonly deadLetters: DeadLetters | undefined;
  /** How many errors a batch lists. */
  readonly maxErrors: number;
}

export interface FlowCounts {
  readonly read: number;
  readonly rejected: number;
  readonly saved: number;
  readonly batches: number;
}

const NOTHING_TO_RELEASE = () => undefined;

/** The chunks of a pipeline on their way: judged, transformed, saved, and each row counted once. */
export class ChunkFlow<T> {
  readonly #parts: FlowParts;
  readonly #readRecord: RecordReader;
  readonly #custody = new Custody();
  #offered = 0;
  #read = 0;
  #rejected = 0;
  #saved = 0;
  #batches = 0;

  constructor(parts: FlowParts) {
    this.#parts = parts;
    this.#readRecord = recordReader(parts.steps.schema.layout);
  }

  get schema(): RecordSchema {
    return this.#parts.steps.schema;
  }

  /** Rows of all chunks so far, and how many batches were saved. */
  get counts(): FlowCounts {
    const [read, rejected, saved, batches] = [
      this.#read,
      this.#rejected,
      this.#saved,
      this.#batches,
    ];
    return { read, rejected, saved, batches };
  }

  /** Judges a chunk; gives what is valid of it. */
  validate(chunk: Chunk, limits: CallLimits): Promise<ValidRows<T> | ValidTable> {
    return holding('validate', [chunk], () => this.#validate(chunk, limits));
  }

  /** Transforms a batch; a chunk that was not validated is validated with it. */
  transform(batch: Chunk | TransformedRows<T>, limits: CallLimits): Promise<Transformed<T>> {
    return this.#holding('transform', batch, () => this.#transform(batch, limits));
  }

  /** Transforms a batch where it was not, and appends it to a file, in the order of the calls. */
  save(batch: Chunk | TransformedRows<T>, limits: CallLimits, file: AppendFile): Promise<void> {
    return this.#holding('save', batch, () => this.#save(batch, limits, file));
  }

  async #holding<R>(
    method: string,
    batch: Chunk | TransformedRows<T>,
    run: () => Promise<R>,
  ): Promise<R> {
    this.#custody.assertHere(method, this.#custody.find(batch));
    return holding(method, [batch], run);
  }

  async #validate(chunk: Chunk, limits: CallLimits): Promise<ValidRows<T> | ValidTable> {
    const { steps } = this.#parts;
    const origin = this.#offer(chunk);
    if (isRows(chunk)) {
      const outcome = await steps.validateRows(chunk, limits);
      const judged = await this.#enter(chunk, origin, outcome);
      const rows = withProperties(without(chunk, outcome.refused), judged) as ValidRows<T>;
      this.#giveValid(rows, rows.length, origin, outcome, NOTHING_TO_RELEASE);
      return rows;
    }
    const outcome = await steps.validateTable(chunk, limits);
    const judged = await releasedOnFailure(outcome, this.#enter(chunk, origin, outcome));
    const { table: kept, reply } = outcome;
    const lent = kept
      ? lentTable(kept, reply)
      : lentTable(new Table(chunk.schema, chunk.batches), ownerWith(chunk, reply));
    const table = withProperties(lent, judged);
    this.#giveValid(table, table.numRows, origin, outcome, table.release);
    return table;
  }

  async #transform(batch: Chunk | TransformedRows<T>, limits: CallLimits): Promise<Transformed<T>> {
    const given = this.#custody.find(batch);
    if (given?.stage === 'transformed') return batch as Transformed<T>;
    const chunk = batch as Chunk;
    if (given) return this.#transformValid(chunk, given, limits);
    const origin = this.#offer(chunk);
    const outcome = await this.#parts.steps.transform(chunk, limits);
    const judged = await releasedOnFailure(outcome, this.#enter(chunk, origin, outcome));
    return this.#giveTransformed(chunk, origin, outcome, judged);
  }

  async #save(
    batch: Chunk | TransformedRows<T>,
    limits: CallLimits,
    file: AppendFile,
  ): Promise<void> {
    const taken = this.#transform(batch, limits).then((transformed) => {
      const given = this.#custody.find(transformed);
      if (!given) throw new TypeError('what is transformed is in custody');
      return this.#custody.take('save', given);
    });
    try {
      await file.append(taken.then(({ bytes = new Uint8Array() }) => bytes));
    } catch (error) {
      await taken.then((given) => this.#giveBack(batch, given)).catch(() => undefined);
      throw error;
    }
    const { rows, release } = await taken;
    this.#saved += rows;
    this.#batches += 1;
    release();
  }

  /** A batch that was not saved is its caller's again, or, when it was made here, nobody's. */
  #giveBack(batch: object, given: Given): void {
    if (this.#custody.find(batch) === given) this.#custody.undo(given);
    else given.release();
  }

  async #transformValid(chunk: Chunk, given: Given, limits: CallLimits): Promise<Transformed<T>> {
    this.#custody.take('transform', given);
    try {
      const outcome = await this.#parts.steps.transformValid(chunk, limits);
      const judged = await releasedOnFailure(outcome, this.#reject(chunk, given.origin, outcome));
      given.release();
      return this.#giveTransformed(chunk, given.origin, outcome, judged);
    } catch (error) {
      this.#custody.undo(given);
      throw error;
    }
  }

  /** The places of a chunk's rows, taken in the order in which the chunks were given. */
  #offer(chunk: Chunk): Origin {
    const origin = new Origin(this.#offered);
    this.#offered += isRows(chunk) ? chunk.length : chunk.numRows;
    return origin;
  }

  async #enter(chunk: Chunk, origin: Origin, outcome: Outcome): Promise<Judged> {
    const judged = await this.#reject(chunk, origin, outcome);
    this.#read += outcome.read;
    return judged;
  }

  /** Counts once the dead letters are there: a method that fails can then be called again. */
  async #reject(chunk: Chunk, origin: Origin, outcome: Outcome): Promise<Judged> {
    const { errors, refused } = outcome;
    const { deadLetters, maxErrors } = this.#parts;
    if (errors.length > 0) await deadLetters?.add(errors, origin, rawRows(chunk));
    this.#rejected += refused.length;
    return judgedOf(outcome, maxErrors);
  }

  #giveValid(
    batch: object,
    rows: number,
    origin: Origin,
    { refused }: Outcome,
    release: () => void,
  ): void {
    this.#custody.give(batch, { stage: 'valid', origin: origin.without(refused), rows, release });
  }

  #giveTransformed(
    chunk: Chunk,
    origin: Origin,
    { table: answered = new Table(), reply }: SteppedOutcome,
    judged: Judged,
  ): Transformed<T> {
    const table = lentTable(answered, reply);
    const batch = isRows(chunk)
      ? new TransformedRows<T>(table, this.#readRecord, judged)
      : withProperties(table, judged);
    if (batch !== table) liesIn(batch, table);
    const { body: bytes = new Uint8Array() } = reply;
    const release = () => batch.release();
    const rows = table.numRows;
    this.#custody.give(batch, { stage: 'transformed', origin, rows, bytes, release });
    return batch;
  }
}

/** Waits for what needs the memory of an outcome, which nobody will release when that fails. */
async function releasedOnFailure<R>({ reply }: SteppedOutcome, waited: Promise<R>): Promise<R> {
  try {
    return await waited;
  } catch (error) {
    reply.release();
    throw error;
  }
}

function without(rows: readonly unknown[], refused: readonly number[]): unknown[] {
  if (refused.length === 0) return rows.slice();
  let next = 0;
  return rows.filter((_, index) => {
    if (refused[next] !== index) return true;
    next += 1;
    return false;
  });
}
