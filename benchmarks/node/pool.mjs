// Our bridge, as the library opens it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../../dist/observability/log.js';
import { readSettings } from '../../dist/settings.js';
import { loadSchemas, openWorkers } from '../../dist/workers.js';
import { PYTHON } from './python.mjs';

/** A pool of so many workers; closing it removes what it kept on disk. */
export async function openPool(workers) {
  const folder = mkdtempSync(join(tmpdir(), 'etl-benchmark-'));
  const settings = {
    ...readSettings({ ETL_STATE_DIR: folder }),
    python: PYTHON,
  };
  const registry = await loadSchemas(settings);
  const log = openLog('warn', 2);
  const pool = await openWorkers(settings, registry, workers, log);
  await pool.ready();
  return {
    registry,
    log,
    call: (...call) => pool.call(...call),
    close: async () => {
      await pool.close();
      rmSync(folder, { recursive: true });
    },
  };
}
