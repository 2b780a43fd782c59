import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { decodeRows } from './arrow/decode.js';
import type { WorkerPool } from './bridge/pool.js';
import { openLog } from './observability/log.js';
import { readSettings } from './settings.js';
import { loadSchemas, openWorkers } from './workers.js';

const DEADLINE_MS = 60_000;

/**
 * Reads the first rows of a Parquet or CSV file, by a Python worker that is started for it.
 *
 * @param path - the file; its extension, `.parquet` or `.csv`, says the format.
 * @param limit - how many rows at most.
 * @param options - `signal` gives it up.
 * @returns rows of JSON values, as {@link decodeRows} gives them.
 * @throws BridgeError `SOURCE_NOT_FOUND` when there is no such file, `INPUT_CORRUPT` when it
 *   cannot be read, `INVALID_REQUEST` for another extension, `CANCELLED` by the signal.
 */
export async function preview(
  path: string,
  limit = 5,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Record<string, unknown>[]> {
  // The file is read as it is: only the built-in schemas, which cost nothing, are loaded.
  const environment = { LOG_LEVEL: 'warn', ...process.env, ETL_SCHEMA_DIR: '', ETL_PYTHON_DIR: '' };
  const stateDir = await mkdtemp(join(tmpdir(), 'etl-preview-'));
  let pool: WorkerPool | undefined;
  try {
    const settings = { ...readSettings(environment), stateDir };
    const registry = await loadSchemas(settings);
    pool = await openWorkers(settings, registry, 1, openLog(settings.logLevel, 2));
    const type = extname(path).slice(1).toLowerCase();
    const { body, release } = await pool.call(
      'preview',
      { path: resolve(path), type, limit },
      { timeoutMs: DEADLINE_MS, signal },
    );
    const rows = body ? decodeRows(body) : [];
    release();
    return rows;
  } finally {
    await pool?.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}
