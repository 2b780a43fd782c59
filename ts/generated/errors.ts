// Generated from shared-schemas/wire/errors.json by `npm run generate`; do not edit.

/**
 * Every error that a caller can meet: its stable code, the HTTP status (null for a job's own
 * failure), whether the same request may succeed later, and the template of its text. Generated
 * into both languages; docs/errors.md lists it.
 */
export const ERRORS = {
  MALFORMED_JSON: {
    status: 400,
    retryable: false,
    title: 'The body is not JSON',
    detail: 'The body is not valid JSON: {reason}. Send one JSON document in UTF-8 with Content-Type: application/json.',
  },
  INVALID_REQUEST: {
    status: 400,
    retryable: false,
    title: 'The request does not fit its schema',
    detail: '{reason}',
  },
  PATH_FORBIDDEN: {
    status: 403,
    retryable: false,
    title: 'The path lies outside the data roots',
    detail: '{field}: {path} {reason}. Jobs may read and write regular files under {roots} only; set ETL_DATA_ROOTS to allow other folders.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    title: 'There is nothing here',
    detail: '{method} {path} is not a call of this API; docs/lifecycle.md lists them.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    title: 'This method is not allowed here',
    detail: '{method} is not allowed on {path}; use {allowed}.',
  },
  SCHEMA_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: 'No such record schema',
    detail: 'There is no record schema {name}{suggestion}. Known: {known}.',
  },
  FUNCTION_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: 'No such Python function',
    detail: 'There is no Python function {name}{suggestion}. Known: {known}. {origin}',
  },
  INVALID_ARGUMENTS: {
    status: 400,
    retryable: false,
    title: 'The arguments do not fit the function',
    detail: '{function}: {reason}. It is called as {signature}.',
  },
  JOB_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: 'No such job',
    detail: 'There is no job {job_id}.',
  },
  JOB_CONFLICT: {
    status: 409,
    retryable: false,
    title: 'The job id is taken by another request',
    detail: 'Job {job_id} was submitted with another request. Send the same request again to get that job, or choose another job_id.',
  },
  JOB_NOT_ENDED: {
    status: 409,
    retryable: true,
    title: 'The job has not ended yet',
    detail: 'Job {job_id} is {state}; its report is there when it has ended. GET /api/v1/jobs/{job_id}?wait=60 waits for that.',
  },
  TARGET_EXISTS: {
    status: 409,
    retryable: false,
    title: 'The target exists already',
    detail: '{path} exists and if_exists is fail. Remove it, choose another target_path, or use if_exists: replace.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    retryable: false,
    title: 'The body is too large',
    detail: 'The body has more than {limit} bytes. Split it, or put the data in a file and submit a job.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    title: 'This media type is not read here',
    detail: 'Content-Type {received} is not read here; send {expected}.',
  },
  SOURCE_NOT_FOUND: {
    status: 422,
    retryable: false,
    title: 'The source file does not exist',
    detail: '{path} does not exist. Relative paths are taken from the server\'s working folder, {cwd}.',
  },
  INTERNAL: {
    status: 500,
    retryable: false,
    title: 'The server failed',
    detail: 'The server failed on this request; its log has the cause under request id {request_id}.',
  },
  NOT_READY: {
    status: 503,
    retryable: true,
    title: 'The server is not ready',
    detail: '{reason}',
  },
  OVERLOADED: {
    status: 503,
    retryable: true,
    title: 'The server has more work than it takes',
    detail: '{reason}',
  },
  WORKER_CRASHED: {
    status: 503,
    retryable: true,
    title: 'The Python worker died during the call',
    detail: 'The Python worker (pid {pid}) ended with {reason} during {method}; another has taken its place.',
  },
  WORKER_TIMEOUT: {
    status: 503,
    retryable: true,
    title: 'The Python worker did not answer in time',
    detail: '{method} did not answer within {seconds} s and was stopped.',
  },
  BODY_CORRUPT: {
    status: 503,
    retryable: true,
    title: 'A body did not arrive as it was sent',
    detail: 'The body of {method} did not arrive as it was sent: {reason}. Nothing was read from it; send it again.',
  },
  CANCELLED: {
    status: 499,
    retryable: true,
    title: 'The call was cancelled',
    detail: '{method} was cancelled by its caller.',
  },
  INPUT_FAILED: {
    status: 500,
    retryable: false,
    title: 'The input of the call failed',
    detail: 'The input of {method} failed in its caller: {reason}',
  },
  PROTOCOL_MISMATCH: {
    status: 500,
    retryable: false,
    title: 'The worker speaks another protocol',
    detail: 'The worker\'s {what} is {received}, this server\'s is {expected}; run npm run generate and restart.',
  },
  WORKER_FAILED: {
    status: 500,
    retryable: false,
    title: 'Python raised an exception',
    detail: '{method} failed in Python by a defect, please report it; the log has the exception and its traceback.',
  },
  RULE_FAILED: {
    status: 500,
    retryable: false,
    title: 'A business rule gave no verdict',
    detail: 'The rule {rule} of {schema} ({file}:{line}) gave no verdict: {reason}. Nothing passed unjudged; mend the rule and start again, the traceback in the log says more.',
  },
  FUNCTION_FAILED: {
    status: 500,
    retryable: false,
    title: 'A Python function failed',
    detail: 'The function {function} ({file}:{line}) failed: {reason}',
  },
  VALIDATION_FAILED: {
    status: null,
    retryable: false,
    title: 'Records were refused under strict validation',
    detail: '{rejected} of {read} records of {path} were refused; nothing was published. GET /api/v1/jobs/{job_id}/rejects lists them; validation_mode: lenient publishes the good ones.',
  },
  TOO_MANY_REJECTS: {
    status: null,
    retryable: false,
    title: 'More records were refused than the job allows',
    detail: '{rejected} of {read} records were refused, more than {limit} allows; nothing was published.',
  },
  COLUMNS_MISMATCH: {
    status: null,
    retryable: false,
    title: 'The columns are not those of the schema',
    detail: '{path}: {reason}',
  },
  EMPTY_SOURCE: {
    status: null,
    retryable: false,
    title: 'The source file is empty',
    detail: '{path} has 0 bytes. A CSV file needs at least its header, a JSON file at least [].',
  },
  INPUT_CORRUPT: {
    status: null,
    retryable: false,
    title: 'The source file cannot be read',
    detail: '{path} is not a readable {format} file: {reason}',
  },
  SOURCE_CHANGED: {
    status: null,
    retryable: true,
    title: 'The source changed while it was read',
    detail: '{path} changed while the job read it; submit the job again when the file is complete.',
  },
  SOURCE_MISSING: {
    status: null,
    retryable: true,
    title: 'The source file is gone',
    detail: '{path} could not be opened: {reason}',
  },
  COUNTS_MISMATCH: {
    status: null,
    retryable: false,
    title: 'The job\'s counts do not add up',
    detail: 'read {read} is not written {written} + rejected {rejected} + filtered {filtered} + deduplicated {deduplicated}; nothing was published. This is a defect; please report it.',
  },
  DISK_FULL: {
    status: null,
    retryable: true,
    title: 'The disk is full',
    detail: '{path}: no space is left on the device; nothing was published.',
  },
  MEMORY_LIMIT: {
    status: 413,
    retryable: false,
    title: 'This needs more memory than it may use',
    detail: '{reason}; give it less at a time, or raise ETL_MEMORY_LIMIT.',
  },
  JOB_FAILED: {
    status: null,
    retryable: false,
    title: 'The job failed',
    detail: '{reason}',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorEntry {
  /** The HTTP status; null for a job's own failure. */
  readonly status: number | null;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly title: string;
  /** The template of the text for a caller, with {named} places. */
  readonly detail: string;
}
