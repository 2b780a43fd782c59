import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WorkerPool } from '../bridge/pool.js';
import type { JobLimits } from '../jobs/attempt.js';
import { readRejects } from '../jobs/rejects.js';
import type { Counts } from '../jobs/resource.js';
import type { RecordSchema } from '../schema/registry.js';
import type { FileVerdict, PlacedError } from './verdict.js';

/** The engine speaks at least twice a second; a worker that is silent this long hangs. */
const SILENCE_MS = 60_000;

/** Judges a CSV, Parquet or Arrow file by the engine: a job that validates and writes nothing. */
export async function judgeColumns(
  file: string,
  format: 'csv' | 'parquet' | 'arrow',
  options: {
    schema: RecordSchema;
    maxErrors: number;
    pool: WorkerPool | undefined;
    signal: AbortSignal;
    /** A folder of its own for the rejects. */
    folder: string;
    limits: JobLimits;
  },
): Promise<FileVerdict> {
  const { schema, maxErrors, pool, signal, folder, limits } = options;
  const rejects = join(folder, 'rejects.ndjson');
  const spill = join(folder, 'spill');
  await mkdir(spill);
  const spec = {
    job_id: 'validate',
    source_type: format,
    source_path: resolve(file),
    source_name: file,
    target_type: null,
    staged_path: null,
    schema_name: schema.name,
    transformations: [],
    validation_mode: 'lenient',
    rejects_path: rejects,
    spill_dir: spill,
    threads: limits.threads,
    memory_limit: limits.memory,
  };
  const reply = await pool?.call<{ counts: Counts }>('run_job', spec, {
    signal,
    silenceMs: SILENCE_MS,
  });
  if (!reply) throw new TypeError('files of columns are judged by a worker');
  reply.release();
  const { read, rejected } = reply.value.counts;
  const { lines, next } = await readRejects(rejects, 0, maxErrors);
  const errors = lines.map((line) => JSON.parse(line) as PlacedError);
  return { total: read, invalid: rejected, errors, truncated: next !== undefined };
}
