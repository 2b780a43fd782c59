import { createHash } from 'node:crypto';
import type { JobRequest } from '../generated/api/job-request.js';
import { canonicalJson } from '../schema/canonical.js';
import { stepsOf } from './transformations.js';

const DEFAULT_BATCH_SIZE = 65_536;
const DEFAULT_STRICT_REJECTS = 1_000;

type Defaulted =
  | 'source_options'
  | 'transformations'
  | 'validation_mode'
  | 'batch_size'
  | 'enable_zero_copy'
  | 'if_exists'
  | 'profile';

/** A job request with every default filled in; only `job_id` may still be absent. */
export type FilledRequest = JobRequest & { [Key in Defaulted]: NonNullable<JobRequest[Key]> };

/** Fills in what the request leaves out; `delimiter` stays absent where it is to be detected. */
export function fillDefaults(request: JobRequest): FilledRequest {
  const { validation_mode = 'strict', source_options, transformations, batch_size } = request;
  const max_errors =
    request.max_errors ?? (validation_mode === 'strict' ? DEFAULT_STRICT_REJECTS : undefined);
  return {
    ...request,
    source_options: { null_values: [''], ...source_options },
    transformations: transformations ?? [],
    validation_mode,
    ...(max_errors !== undefined && { max_errors }),
    batch_size: batch_size ?? DEFAULT_BATCH_SIZE,
    enable_zero_copy: request.enable_zero_copy ?? true,
    if_exists: request.if_exists ?? 'replace',
    profile: request.profile ?? false,
  };
}

/**
 * A digest that two requests share exactly when they ask for the same thing.
 *
 * It is taken over canonical JSON (sorted keys) after defaults; `job_id` has no part in it, and
 * a step is the same as a name and as an object of that name alone.
 */
export function fingerprint(request: FilledRequest): string {
  const { job_id: _, ...rest } = request;
  const canonical = canonicalJson({ ...rest, transformations: stepsOf(rest.transformations) });
  return createHash('sha256').update(canonical).digest('hex');
}
