import { readFile } from 'node:fs/promises';
import { EtlError } from '../errors.js';
import { STAGES } from '../generated/validation.js';
import { readLines } from '../pipeline/lines.js';
import { parseJson } from '../pipeline/parse-json.js';
import { ROWS_PER_CALL, RowJudge } from '../pipeline/row-judge.js';
import type { ErrorRecord } from '../schema/validate.js';
import type { FileVerdict } from './verdict.js';

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
    value = parseJson(text);
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
  const blanks: number[] = [];
  let rows: unknown[] = [];
  let at = 0;
  for await (const { line } of readLines(file)) {
    at++;
    if (line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) {
      blanks.push(at);
      continue;
    }
    const parsed = parseLine(line);
    if ('row' in parsed) rows.push(parsed.row);
    if (!('row' in parsed) || rows.length === ROWS_PER_CALL) {
      signal.throwIfAborted();
      await judge.push(rows);
      rows = [];
    }
    if ('reason' in parsed) await judge.refuse((index) => unreadable(index, parsed.reason));
  }
  await judge.push(rows);
  const verdict = await judge.finish();
  const errors = verdict.errors.map((error) => ({ ...error, line: lineOf(error.index, blanks) }));
  return { ...verdict, errors };
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

/** Blank lines hold no record, but have a number. */
function lineOf(index: number, blanks: readonly number[]): number {
  let line = index + 1;
  for (const blank of blanks) if (blank <= line) line++;
  return line;
}
