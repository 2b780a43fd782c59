// Our bridge as users of the library open it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FUNCTIONS = fileURLToPath(new URL('../functions', import.meta.url));
const MEMORY_LIMIT = '8GiB';

/** A pipeline of users; closing it removes what it kept on disk. */
export async function openPipeline(workers, options = {}) {
  const { Pipeline } = await import('../../dist/index.js');
  const folder = mkdtempSync(join(tmpdir(), 'etl-benchmark-'));
  const pipeline = await Pipeline.open({
    schema: 'user',
    workers,
    settings: {
      ETL_PYTHON_DIR: FUNCTIONS,
      ETL_STATE_DIR: folder,
      ETL_MEMORY_LIMIT: MEMORY_LIMIT,
      LOG_LEVEL: 'silent',
    },
    ...options,
  });
  const close = pipeline.close.bind(pipeline);
  pipeline.close = async () => {
    await close();
    rmSync(folder, { recursive: true });
  };
  return pipeline;
}
