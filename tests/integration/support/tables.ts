import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './server.js';

const PYTHON = join(ROOT, '.venv/bin/python');
const PROGRAM = join(ROOT, 'tests/integration/programs/tables.py');

/** What pyarrow or pandas finds in a file. */
export interface ReadTable {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Reads files by pyarrow, or CSV and NDJSON by pandas, which know nothing of this project. */
export function readTables(...paths: string[]): ReadTable[] {
  const printed = execFileSync(PYTHON, [PROGRAM, 'read', ...paths], { encoding: 'utf8' });
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReadTable);
}

/** Writes users as a Parquet file of several row groups, by pyarrow. */
export function writeParquet(path: string, rows: readonly object[]): void {
  execFileSync(PYTHON, [PROGRAM, 'write', path], { input: JSON.stringify(rows) });
}
