export { decodeRows } from './arrow/decode.js';
export { BridgeError } from './bridge/errors.js';
export type { Transfer } from './bridge/reply.js';
export { JobsClient, ProblemError, type Reject, UnreachableError } from './client.js';
export { EtlError, StartError } from './errors.js';
export type { JobRequest } from './generated/api/job-request.js';
export { type UserRecord, UserRecordSchema } from './generated/records/user.js';
export type { JobReport } from './jobs/report.js';
export type { Counts, Job, JobState, Output, Progress } from './jobs/resource.js';
export type {
  TransformedTable,
  ValidRows,
  ValidTable,
} from './pipeline/chunks/chunk.js';
export type { ChunkCounts, Judged } from './pipeline/chunks/outcome.js';
export type { TransformedRows } from './pipeline/chunks/transformed-rows.js';
export type { FileFormat } from './pipeline/file-format.js';
export type { Lent } from './pipeline/functions/lent.js';
export type { PythonStream } from './pipeline/functions/stream.js';
export type { BuiltInName, MethodOptions, PipelineOptions, RecordOf } from './pipeline/options.js';
export { Pipeline } from './pipeline/pipeline.js';
export type { Published } from './pipeline/saved/finish.js';
export { preview } from './preview.js';
export type { ErrorRecord } from './schema/validate.js';
export { type RunningServer, startServer } from './server.js';
