import { mkdir, rm } from 'node:fs/promises';
import type { WorkerPool } from '../bridge/pool.js';
import { EtlError } from '../errors.js';
import type { Log } from '../observability/log.js';
import { cleanUp } from './clean-up.js';
import { faultPoint } from './fault-point.js';
import type { AttemptFiles, JobRecord } from './record.js';
import type { BridgeUse, Counts, JobStage, Progress } from './resource.js';
import { stepsOf } from './transformations.js';

/** What one job may take of the machine. */
export interface JobLimits {
  readonly threads: number;
  /** Bytes. */
  readonly memory: number;
}

/** What the engine tells while it works. */
export interface JobEvent {
  readonly progress?: Progress & { readonly stage: JobStage };
  readonly counts?: Counts;
}

/** What the engine returns: the staged output is complete and on the disk. */
export interface JobResult {
  readonly counts: Counts;
  readonly output: {
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
  } | null;
  readonly bridge: BridgeUse;
}

/** The engine speaks at least twice a second; a worker that is silent this long hangs. */
const SILENCE_MS = 300_000;
const STOP_MS = 1_500;

type EngineResult = Pick<JobResult, 'counts' | 'output'>;

/**
 * Runs one attempt of a job in a worker, up to its staged output.
 *
 * @throws EtlError `COUNTS_MISMATCH` when the engine's counts do not add up.
 * @throws BridgeError for a failure of the job or of its worker.
 */
export async function runAttempt(
  record: JobRecord,
  files: AttemptFiles,
  limits: JobLimits,
  pool: WorkerPool,
  options: { signal: AbortSignal; onEvent: (event: JobEvent) => void },
): Promise<JobResult> {
  await mkdir(files.spill, { recursive: true });
  const reply = await pool.call<EngineResult>('run_job', jobSpec(record, files, limits), {
    signal: options.signal,
    silenceMs: SILENCE_MS,
    stopWithinMs: STOP_MS,
    inline: !record.job.request.enable_zero_copy,
    onEvent: options.onEvent,
  });
  const { path, bytesMapped, bytesCopied } = reply.transfer;
  reply.release();
  const { counts, output } = reply.value;
  assertCounts(counts);
  faultPoint('attempt.staged');
  const bridge = { path, bytes_mapped: bytesMapped, bytes_copied: bytesCopied };
  return { counts, output, bridge };
}

/** Removes what an attempt leaves behind, as far as that goes; the rejects stay. */
export async function discardAttempt(files: AttemptFiles, log: Log): Promise<void> {
  await cleanUp(log, [
    rm(files.staged, { force: true }),
    rm(files.spill, { recursive: true, force: true }),
  ]);
}

/** The engine's `JobSpec`, in the keys that Python reads. */
function jobSpec({ job, source }: JobRecord, files: AttemptFiles, limits: JobLimits) {
  const { request } = job;
  return {
    job_id: job.job_id,
    attempt: job.attempt,
    source_type: request.source_type,
    source_path: source,
    source_name: request.source_path,
    source_options: {
      delimiter: request.source_options.delimiter ?? null,
      null_values: request.source_options.null_values ?? null,
    },
    target_type: request.target_type,
    target_name: request.target_path,
    staged_path: files.staged,
    schema_name: request.schema_name ?? null,
    transformations: stepsOf(request.transformations),
    validation_mode: request.validation_mode,
    max_errors: request.max_errors ?? null,
    max_error_rate: request.max_error_rate ?? null,
    batch_size: request.batch_size,
    rejects_path: files.rejects,
    report_path: files.report,
    profile: request.profile,
    spill_dir: files.spill,
    threads: limits.threads,
    memory_limit: limits.memory,
  };
}

function assertCounts(counts: Counts): void {
  const { read, written, rejected, filtered, deduplicated } = counts;
  if (read !== written + rejected + filtered + deduplicated) {
    throw new EtlError('COUNTS_MISMATCH', { ...counts });
  }
}
