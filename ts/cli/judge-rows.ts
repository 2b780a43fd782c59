import { readFile } from 'node:fs/promises';
import { EtlError } from '../errors.js';
import { STAGES } from '../generated/validation.js';
import { readLines } from '../pipeline/lines.js';
import { parseJson } from '../pipeline/parse-json.js';
import { ROWS_PER_CALL, RowJudge } from '../pipeline/row-judge.js';
import type { ErrorRecord } from '../schema/validate.js';
import type { FileVerdict, PlacedError } from './verdict.js';

const MARK = Buffer.from('\ufeff');

type JudgeOptions = ConstructorParameters<typeof RowJudge>[0];

/** Judges the rows of a JSON or NDJSON file as `POST /api/v1/validate` would. */
export async function judgeRows(
  file: string,
  format: 'json' | 'ndjson',
  options: JudgeOptions,
): Promise<FileVerdict> {
  const judge = new RowJudge(options);
  if (format === 'ndjson') return judgeLines(file, judge, options.signal);
  await judge.push(await readArray(file));
  return judge.finish();
}

async function readArray(file: string): Promise<unknown[]> {
  const text = await readFile(file);
  if (text.length === 0) throw new EtlError('EMPTY_SOURCE', { path: file });
  const corrupt = (reason: string, cause?: unknown) =>
    new EtlError('INPUT_CORRUPT', { path: file, format: 'json', reason }, { cause });
  let value: unknown;
  try {
    value = parseJson(withoutMark(text));
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    throw corrupt(String(error.params.reason), error);
  }
  if (!Array.isArray(value)) throw corrupt('it must be an array of records');
  return value;
}

async function judgeLines(
  file: string,
  judge: RowJudge,
  signal: AbortSignal,
): Promise<FileVerdict> {
  const gaps: Gap[] = [];
  let rows: unknown[] = [];
  let records = 0;
  let lines = 0;
  for await (const { line: bytes } of readLines(file)) {
    const line = lines++ === 0 ? withoutMark(bytes) : bytes;
    if (line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) {
      widen(gaps, records);
      continue;
    }
    records++;
    const parsed = parseLine(line);
    if ('row' in parsed) rows.push(parsed.row);
    if (!('row' in parsed) || rows.length === ROWS_PER_CALL) {
      signal.throwIfAborted();
      await judge.push(rows);
      rows = [];
    }
    if ('reason' in parsed) await judge.refuse((index) => unreadable(index, parsed.reason));
  }
  if (lines === 0) throw new EtlError('EMPTY_SOURCE', { path: file });
  await judge.push(rows);
  const verdict = await judge.finish();
  return { ...verdict, errors: withLines(verdict.errors, gaps) };
}

function parseLine(line: Buffer): { row: unknown } | { reason: string } {
  try {
    return { row: parseJson(line) };
  } catch (error) {
    if (error instanceof EtlError) return { reason: String(error.params.reason) };
    throw error;
  }
}

function unreadable(index: number, reason: string): ErrorRecord {
  const { code, message } = STAGES.parse;
  const expected = reason;
  return {
    index,
    path: '',
    field: '',
    code,
    message: message.replace('{expected}', () => reason),
    keyword: 'parse',
    expected,
  };
}

/** The bytes without the byte order mark that a text may begin with. */
function withoutMark(text: Buffer): Buffer {
  return text.subarray(0, MARK.length).equals(MARK) ? text.subarray(MARK.length) : text;
}

/** Blank lines, which hold no record but have a number, before the record of an index. */
interface Gap {
  readonly before: number;
  lines: number;
}

function widen(gaps: Gap[], before: number): void {
  const last = gaps.at(-1);
  if (last?.before === before) last.lines++;
  else gaps.push({ before, lines: 1 });
}

/** Adds to each error the line of its record; both lists are in the order of the file. */
function withLines(errors: readonly ErrorRecord[], gaps: readonly Gap[]): PlacedError[] {
  let blanks = 0;
  let at = 0;
  return errors.map((error) => {
    for (let gap = gaps[at]; gap && gap.before <= error.index; gap = gaps[++at]) {
      blanks += gap.lines;
    }
    return { ...error, line: error.index + 1 + blanks };
  });
}
