import type { JobRequest } from '../generated/api/job-request.js';
import type { JobReport } from '../jobs/report.js';
import type { Job } from '../jobs/resource.js';

/** Jobs, whether they run on a server or in this process. */
export interface Jobs {
  submit(request: JobRequest, options: { signal: AbortSignal }): Promise<Job>;
  follow(jobId: string, options: { signal: AbortSignal }): AsyncIterable<Job>;
  /** The first rejects, and where to find them all. */
  firstRejects(job: Job, limit: number): Promise<{ rejects: readonly object[]; where: string }>;
  /** The report of a job that has ended. */
  report(jobId: string, options: { signal: AbortSignal }): Promise<JobReport>;
  close(): Promise<void>;
}
