import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { EtlError, schemaNotFound } from '../errors.js';
import type { JobRequest } from '../generated/api/job-request.js';
import type { SchemaRegistry } from '../schema/registry.js';
import type { DataRoots } from './paths.js';
import { type JobRecord, newRecord } from './record.js';
import { type FilledRequest, fillDefaults, fingerprint } from './request.js';
import { newJob } from './resource.js';
import type { JobStore } from './store.js';
import { checkSteps, stepsOf } from './transformations.js';

/** Sources whose columns say their types, so that there may be no schema. */
const TYPED_SOURCES: ReadonlySet<string> = new Set(['parquet', 'arrow']);

/** What a submission came to: a new job, or the one that the same request made before. */
export interface Submitted {
  readonly record: JobRecord;
  readonly created: boolean;
}

/** What submissions are checked against. */
export interface SubmitParts {
  readonly store: JobStore;
  readonly roots: DataRoots;
  readonly registry: SchemaRegistry;
}

/**
 * Takes a request in: when this returns, the job is in the store and synced to the disk.
 *
 * The same request under the same `job_id` or key gives the job that is there, even when its
 * source is gone by now.
 *
 * @param idempotencyKey - the `Idempotency-Key` of the caller, or null.
 * @throws EtlError `JOB_CONFLICT`, `INVALID_REQUEST`, `SCHEMA_NOT_FOUND`, `PATH_FORBIDDEN`,
 *   `SOURCE_NOT_FOUND` or `TARGET_EXISTS`.
 */
export async function submit(
  parts: SubmitParts,
  request: JobRequest,
  idempotencyKey: string | null,
): Promise<Submitted> {
  const filled = fillDefaults(request);
  const print = fingerprint(filled);
  const find = () => findSame(parts.store, filled, print, idempotencyKey);

  const before = find();
  if (before) return { record: before, created: false };
  const record = await check(parts, filled);
  // Nothing can come between these two, as neither waits.
  const meanwhile = find();
  if (meanwhile) return { record: meanwhile, created: false };
  parts.store.insert({ record, fingerprint: print, idempotencyKey });
  return { record, created: true };
}

function findSame(
  store: JobStore,
  request: FilledRequest,
  print: string,
  idempotencyKey: string | null,
): JobRecord | undefined {
  const jobId = request.job_id ?? null;
  const [found, another] = store.submissions(jobId, idempotencyKey);
  if (!found) return undefined;
  const { job } = found.record;
  const isSame = !another && found.fingerprint === print && (jobId ?? job.job_id) === job.job_id;
  if (!isSame) throw new EtlError('JOB_CONFLICT', { job_id: jobId ?? job.job_id });
  return found.record;
}

async function check({ roots, registry }: SubmitParts, request: FilledRequest): Promise<JobRecord> {
  const schemaDigest = digestOf(registry, request);
  const { schema_name, transformations } = request;
  const schema = schema_name === undefined ? undefined : registry.get(schema_name);
  checkSteps(stepsOf(transformations), schema);
  const source = await roots.source(request.source_path);
  const target = await roots.target(request.target_path, request.if_exists);
  if (await isSameFile(source, target)) throw targetIsSource();
  const job = newJob(request.job_id ?? `job_${randomUUID()}`, request);
  return newRecord(job, { source, target, schemaDigest });
}

/** Whether both paths name one file, be it by links. */
async function isSameFile(source: string, target: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [source, target].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

function targetIsSource(): EtlError {
  const reason = 'target_path leads to the file of source_path, which the job would overwrite';
  const message = 'must not be the source';
  return new EtlError(
    'INVALID_REQUEST',
    { reason },
    { errors: [{ path: '/target_path', field: 'target_path', message }] },
  );
}

function digestOf(registry: SchemaRegistry, request: FilledRequest): string | null {
  const { schema_name, source_type, validation_mode } = request;
  if (schema_name !== undefined) {
    const schema = registry.get(schema_name);
    if (!schema) throw schemaNotFound(registry, schema_name);
    return schema.digest;
  }
  if (TYPED_SOURCES.has(source_type) && validation_mode === 'skip') return null;
  const reason =
    'schema_name is required; it may be absent only for a parquet or arrow source under validation_mode skip';
  throw new EtlError(
    'INVALID_REQUEST',
    { reason },
    { errors: [{ path: '/schema_name', field: 'schema_name', message: 'is required' }] },
  );
}
