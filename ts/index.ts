export { decodeRows } from './arrow/decode.js';
export { JobsClient, ProblemError, type Reject, UnreachableError } from './client.js';
export { EtlError, StartError } from './errors.js';
export type { JobRequest } from './generated/api/job-request.js';
export { type UserRecord, UserRecordSchema } from './generated/records/user.js';
export type { Counts, Job, JobState, Output, Progress } from './jobs/resource.js';
export { preview } from './preview.js';
export type { ErrorRecord } from './schema/validate.js';
export { type RunningServer, startServer } from './server.js';
