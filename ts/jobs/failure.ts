import { BridgeError } from '../bridge/errors.js';
import { EtlError, messageOf, systemCode } from '../errors.js';
import type { ErrorCode } from '../generated/errors.js';
import type { JobRecord } from './record.js';
import { type Counts, failed } from './resource.js';

const DEFECTS: ReadonlySet<ErrorCode> = new Set([
  'WORKER_FAILED',
  'RULE_FAILED',
  'JOB_FAILED',
  'COUNTS_MISMATCH',
]);

/** Turns whatever ended an attempt into the record of a failed job. */
export function failRecord(record: JobRecord, thrown: unknown): JobRecord {
  const { code, params } = explain(thrown);
  const { job } = record;
  const counts = (params.counts as Counts | undefined) ?? job.counts;
  const path = params.path === record.source ? job.request.source_path : params.path;
  return {
    ...record,
    intent: null,
    job: failed({ ...job, counts }, code, {
      ...counts,
      ...params,
      ...(path !== undefined && { path }),
      job_id: job.job_id,
    }),
  };
}

/** Whether the attempt ended by a fault in code, ours or a rule's: the log needs its traceback. */
export function isDefect(thrown: unknown): boolean {
  const { code } = explain(thrown);
  return DEFECTS.has(code);
}

/** Whether the worker died while it worked on the job. */
export function isCrash(thrown: unknown): boolean {
  return thrown instanceof BridgeError && thrown.code === 'WORKER_CRASHED';
}

/** Whether the attempt had no worker to its end, so that another attempt may do better. */
export function isWorkerLoss(thrown: unknown): boolean {
  if (!(thrown instanceof BridgeError)) return false;
  return isCrash(thrown) || thrown.code === 'NOT_READY' || thrown.code === 'OVERLOADED';
}

function explain(thrown: unknown): {
  code: ErrorCode;
  params: Readonly<Record<string, unknown>>;
} {
  if (thrown instanceof BridgeError || thrown instanceof EtlError) return thrown;
  if (systemCode(thrown) === 'ENOSPC') {
    return { code: 'DISK_FULL', params: { path: 'ETL_STATE_DIR or the target' } };
  }
  return { code: 'JOB_FAILED', params: { reason: messageOf(thrown) } };
}
