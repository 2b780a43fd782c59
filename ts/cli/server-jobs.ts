import { JobsClient } from '../client.js';
import { UsageError } from './exit.js';
import type { Jobs } from './jobs.js';

/** The jobs of a server. */
export function serverJobs(url: string): Jobs {
  if (!URL.canParse(url)) {
    throw new UsageError(`--server ${url} is not a URL`, '--server http://127.0.0.1:3000');
  }
  const client = new JobsClient(url);
  return {
    submit: (request, options) => client.submit(request, options),
    follow: (jobId, options) => client.follow(jobId, options),
    firstRejects: async ({ job_id }, limit) => ({
      ...(await client.rejects(job_id, { limit })),
      where: new URL(`/api/v1/jobs/${job_id}/rejects`, url).href,
    }),
    report: (jobId, options) => client.report(jobId, options),
    close: async () => undefined,
  };
}
