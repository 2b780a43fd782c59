import { isDeepStrictEqual } from 'node:util';
import { jsonText } from '../arrow/json-text.js';
import type { Log } from '../observability/log.js';
import type { RecordSchema } from '../schema/registry.js';
import { compareErrors, type ErrorRecord } from '../schema/validate.js';
import { difference, union } from './ascending.js';
import {
  type Batch,
  type BatchVerdict,
  judgeByPython,
  judgeByZod,
  type PythonCaller,
} from './layers.js';

/** Which layers judge: Zod here, Pydantic in a worker, or both. */
export type ValidationMode = 'dual' | 'zod' | 'pydantic';

/** How one layer saw the rows. */
export interface LayerVerdict {
  readonly valid_records: number;
  readonly duration_ms: number;
}

/** The verdict on all rows; the counts are exact even where the list of errors is cut. */
export interface RowsVerdict {
  readonly total: number;
  readonly invalid: number;
  /** The invalid rows, in ascending order. */
  readonly refused: readonly number[];
  readonly errors: readonly ErrorRecord[];
  readonly truncated: boolean;
  /** In `dual` only. */
  readonly layers?: { readonly zod: LayerVerdict; readonly pydantic: LayerVerdict };
  /** Rows on whose fit with the schema the layers disagree: a defect of this project. */
  readonly disagreements: number;
}

/** The most errors that can be asked for: with their values they still fit one reply. */
export const MOST_ERRORS = 10_000;

/**
 * Rows that go to Python in one call, unless they have so many columns that fewer must do: so many
 * that a call costs little beside them, so few that Python is soon done with the last of them.
 */
export const ROWS_PER_CALL = 32_768;
const CELLS_PER_CALL = 2 ** 20;
const CALLS_IN_FLIGHT = 2;
const SHOWN_DISAGREEMENTS = 10;

/** What the layers say of a batch; a layer that the mode leaves out says nothing. */
interface BatchVerdicts {
  readonly batch?: Batch;
  readonly zod?: BatchVerdict | undefined;
  readonly pydantic?: BatchVerdict | undefined;
}

/**
 * Judges rows, batch after batch, by a record schema: in `dual` both layers judge every row at
 * the same time, and a row is invalid if either refuses it.
 */
export class RowJudge {
  readonly #schema: RecordSchema;
  readonly #mode: ValidationMode;
  readonly #maxErrors: number;
  readonly #pool: PythonCaller | undefined;
  readonly #signal: AbortSignal;
  readonly #log: Log;
  readonly #rowsPerCall: number;
  readonly #pending: Promise<BatchVerdicts>[] = [];
  readonly #errors: ErrorRecord[] = [];
  readonly #layers = { zod: { invalid: 0, ms: 0 }, pydantic: { invalid: 0, ms: 0 } };
  readonly #refused: number[] = [];
  #total = 0;
  #truncated = false;
  #disagreements = 0;

  /** @param options - `pool` may be absent in mode `zod` only. */
  constructor(options: {
    schema: RecordSchema;
    mode: ValidationMode;
    maxErrors: number;
    pool: PythonCaller | undefined;
    signal: AbortSignal;
    log: Log;
  }) {
    this.#schema = options.schema;
    this.#mode = options.mode;
    this.#maxErrors = options.maxErrors;
    this.#pool = options.pool;
    this.#signal = options.signal;
    this.#log = options.log;
    const columns = Math.max(1, options.schema.layout.columns.length);
    this.#rowsPerCall = Math.min(ROWS_PER_CALL, Math.ceil(CELLS_PER_CALL / columns));
  }

  /** Takes the next rows; resolves when there is room for more. */
  async push(rows: readonly unknown[]): Promise<void> {
    for (let at = 0; at < rows.length; at += this.#rowsPerCall) {
      this.#begin(rows.slice(at, at + this.#rowsPerCall));
      await this.#settle(CALLS_IN_FLIGHT - 1);
    }
  }

  /**
   * Counts a record that could not be read as a row at all: both layers refuse it.
   *
   * @param describe - gives its error record for the index that it has among the rows.
   */
  async refuse(describe: (index: number) => ErrorRecord): Promise<void> {
    const index = this.#total++;
    const verdict: BatchVerdict = {
      invalid: [index],
      errors: [describe(index)],
      truncated: false,
      durationMs: 0,
    };
    this.#pending.push(Promise.resolve({ zod: verdict, pydantic: verdict }));
    await this.#settle(CALLS_IN_FLIGHT - 1);
  }

  /** The verdict on everything that was pushed. */
  async finish(): Promise<RowsVerdict> {
    await this.#settle(0);
    const layer = ({ invalid, ms }: { invalid: number; ms: number }): LayerVerdict => ({
      valid_records: this.#total - invalid,
      duration_ms: ms,
    });
    const { zod, pydantic } = this.#layers;
    return {
      total: this.#total,
      invalid: this.#refused.length,
      refused: this.#refused,
      errors: this.#errors,
      truncated: this.#truncated,
      disagreements: this.#disagreements,
      ...(this.#mode === 'dual' && { layers: { zod: layer(zod), pydantic: layer(pydantic) } }),
    };
  }

  /** Python is asked first, so that it works while Zod judges here. */
  #begin(rows: readonly unknown[]): void {
    const batch: Batch = {
      schema: this.#schema,
      rows,
      firstIndex: this.#total,
      maxErrors: this.#maxErrors - this.#errors.length,
      signal: this.#signal,
    };
    this.#total += rows.length;
    const verdicts = Promise.all([
      this.#mode === 'zod' ? undefined : this.#askPython(batch),
      this.#mode === 'pydantic' ? undefined : judgeByZod(batch),
    ]).then(([pydantic, zod]) => ({ batch, zod, pydantic }));
    verdicts.catch(() => undefined); // Thrown again where it is awaited.
    this.#pending.push(verdicts);
  }

  /** Merges the oldest batches, in their order, until no more than `most` are under way. */
  async #settle(most: number): Promise<void> {
    while (this.#pending.length > most) {
      const verdicts = await this.#pending[0];
      this.#pending.shift();
      if (verdicts) this.#merge(verdicts);
    }
  }

  async #askPython(batch: Batch): Promise<BatchVerdict> {
    if (!this.#pool) throw new TypeError(`mode ${this.#mode} needs workers`);
    return judgeByPython(this.#pool, batch);
  }

  #merge({ batch, zod, pydantic }: BatchVerdicts): void {
    this.#count('zod', zod);
    this.#count('pydantic', pydantic);
    if (batch && zod && pydantic) this.#compare(batch, zod.invalid, refusedBySchema(pydantic));
    for (const index of union(zod?.invalid, pydantic?.invalid)) this.#refused.push(index);
    const merged = mergeErrors(zod?.errors ?? [], pydantic?.errors ?? []);
    const room = this.#maxErrors - this.#errors.length;
    for (const error of merged.slice(0, room)) this.#errors.push(error);
    if (merged.length > room || zod?.truncated || pydantic?.truncated) this.#truncated = true;
  }

  #count(layer: 'zod' | 'pydantic', verdict: BatchVerdict | undefined): void {
    if (!verdict) return;
    this.#layers[layer].invalid += verdict.invalid.length;
    this.#layers[layer].ms += verdict.durationMs;
  }

  #compare(batch: Batch, zod: readonly number[], pydantic: readonly number[]): void {
    const isJson = (index: number) => isJsonValue(batch.rows[index - batch.firstIndex]);
    const onlyZod = difference(zod, pydantic).filter(isJson);
    const onlyPydantic = difference(pydantic, zod).filter(isJson);
    const rows = onlyZod.length + onlyPydantic.length;
    if (rows === 0) return;
    this.#disagreements += rows;
    this.#log.error(
      {
        event: 'validation.disagreement',
        schema: this.#schema.name,
        rows,
        refused_by_zod_only: onlyZod.slice(0, SHOWN_DISAGREEMENTS),
        refused_by_pydantic_only: onlyPydantic.slice(0, SHOWN_DISAGREEMENTS),
      },
      'Zod and Pydantic disagree; please report it',
    );
  }
}

/** Whether Python is given the value as it is: a program's row may have a Date, whose text is not. */
function isJsonValue(value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(jsonText(value)), value);
}

/** What Python alone can refuse is no matter of agreement. */
export function refusedBySchema({ invalid, fitting = [] }: BatchVerdict): readonly number[] {
  return difference(invalid, fitting);
}

/** Both lists in one, in the order of error records, each error once. */
function mergeErrors(
  zod: readonly ErrorRecord[],
  pydantic: readonly ErrorRecord[],
): readonly ErrorRecord[] {
  if (zod.length === 0) return pydantic;
  const known = new Set(zod.map((error) => JSON.stringify(error)));
  const extra = pydantic.filter((error) => !known.has(JSON.stringify(error)));
  return extra.length === 0 ? zod : [...zod, ...extra].sort(compareErrors);
}
