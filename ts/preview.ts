import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { decodeRows } from './arrow/decode.js';
import { openLog } from './observability/log.js';
import { readSettings } from './settings.js';
import { loadSchemas, openWorkers } from './workers.js';

/**
 * Reads the first rows of a Parquet or CSV file, by a Python worker that is started for it.
 *
 * @param path - the file; its extension says the format.
 * @param limit - how many rows at most.
 * @returns rows of JSON values, as {@link decodeRows} gives them.
 * @throws BridgeError `SOURCE_NOT_FOUND` when there is no such file.
 */
export async function preview(path: string, limit = 5): Promise<Record<string, unknown>[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'etl-preview-'));
  const settings = { ...readSettings({ LOG_LEVEL: 'warn', ...process.env }), stateDir };
  const registry = await loadSchemas(settings);
  const pool = await openWorkers(settings, registry, 1, openLog(settings.logLevel, 2));
  try {
    const params = { path: resolve(path), type: extname(path).slice(1), limit };
    const { body, release } = await pool.call('preview', params);
    const rows = body ? decodeRows(body) : [];
    release();
    return rows;
  } finally {
    await pool.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}
