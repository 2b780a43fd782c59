import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { BuiltInName, PipelineOptions, RecordOf } from '../../../../ts/pipeline/options.js';
import { Pipeline } from '../../../../ts/pipeline/pipeline.js';
import { temporaryFolder } from '../../temporary-folder.js';

/** Python functions for these tests. */
export const PYTHON_DIR = fileURLToPath(new URL('../python', import.meta.url));

const opened: Pipeline<never>[] = [];

afterEach(async () => {
  for (const pipeline of opened.splice(0)) await pipeline.close();
});

/** A pipeline with one worker and a state folder of its own, closed after the test. */
export async function openPipeline<Name extends BuiltInName>(
  options: PipelineOptions & { readonly schema: Name },
): Promise<Pipeline<RecordOf<Name>>> {
  const settings = { ETL_STATE_DIR: join(temporaryFolder(), 'state'), ...options.settings };
  const pipeline = await Pipeline.open({ workers: 1, ...options, settings });
  opened.push(pipeline as unknown as Pipeline<never>);
  return pipeline;
}

/** All files under a folder. */
export function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
