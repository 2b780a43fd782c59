import { readFile } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import type { JobRequest } from '../generated/api/job-request.js';
import { JobRequestDocument, JobRequestSchema } from '../generated/api/job-request.js';
import { parseRequest } from '../http/request.js';
import type { Job } from '../jobs/resource.js';
import { JobsClient } from './client.js';
import { EXIT, type ExitCode, exitCodeOfFailure, UsageError } from './exit.js';
import { openLocalJobs } from './local-jobs.js';
import { JobBar } from './progress.js';
import { complain, describeError, printJson, printLine, say } from './terminal.js';

const SHOWN_REJECTS = 10;

/** Jobs, whether they run on a server or in this process. */
export interface Jobs {
  submit(request: JobRequest, options: { signal: AbortSignal }): Promise<Job>;
  follow(jobId: string, options: { signal: AbortSignal }): AsyncIterable<Job>;
  /** The first rejects, and where to find them all. */
  firstRejects(job: Job, limit: number): Promise<{ rejects: readonly object[]; where: string }>;
  close(): Promise<void>;
}

/** `etl run JOB.json`: brings a job to its end and prints it. */
export async function run(
  file: string,
  options: { server?: string; json?: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const request = parseRequest(JobRequestSchema, await readJob(file), JobRequestDocument);
  const jobs =
    options.server === undefined ? await openLocalJobs(signal) : serverJobs(options.server);
  try {
    const { job_id } = await jobs.submit(request, { signal });
    const job = await follow(jobs, job_id, signal);
    if (options.json) printJson(job);
    else printLine(summary(job));
    if (job.counts.rejected > 0) await showRejects(jobs, job);
    return conclude(job, options.json ?? false);
  } catch (error) {
    if (!signal.aborted) throw error;
    if (options.server !== undefined) say('interrupted; the job goes on at the server');
    return EXIT.interrupted;
  } finally {
    await jobs.close();
  }
}

async function readJob(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a job: ${messageOf(error)}`, 'etl run --help');
  }
}

async function follow(jobs: Jobs, jobId: string, signal: AbortSignal): Promise<Job> {
  using bar = new JobBar();
  let last: Job | undefined;
  for await (const job of jobs.follow(jobId, { signal })) {
    bar.show(job);
    last = job;
  }
  signal.throwIfAborted();
  if (!last) throw new TypeError('a job is followed to its end');
  return last;
}

function summary({ job_id, state, counts, output }: Job): string {
  const { read, written, rejected, filtered, deduplicated } = counts;
  const told = `${job_id} ${state}: read ${read}, written ${written}, rejected ${rejected}, filtered ${filtered}, deduplicated ${deduplicated}`;
  return output ? `${told}; ${output.rows} rows, ${output.bytes} bytes in ${output.path}` : told;
}

async function showRejects(jobs: Jobs, job: Job): Promise<void> {
  const { rejects, where } = await jobs.firstRejects(job, SHOWN_REJECTS);
  for (const reject of rejects) say(describeError(reject));
  say(`all rejects: ${where}`);
}

function conclude(job: Job, json: boolean): ExitCode {
  if (!job.error) return EXIT.ok;
  const exitCode = exitCodeOfFailure(job.error.code);
  complain({ exitCode, code: job.error.code, message: job.error.detail }, json);
  return exitCode;
}

function serverJobs(url: string): Jobs {
  if (!URL.canParse(url)) {
    throw new UsageError(
      `--server ${url} is not a URL`,
      'etl run JOB.json --server http://127.0.0.1:3000',
    );
  }
  const client = new JobsClient(url);
  return {
    submit: (request, options) => client.submit(request, options),
    follow: (jobId, options) => client.follow(jobId, options),
    firstRejects: async ({ job_id }, limit) => ({
      ...(await client.rejects(job_id, { limit })),
      where: new URL(`/api/v1/jobs/${job_id}/rejects`, url).href,
    }),
    close: async () => undefined,
  };
}
