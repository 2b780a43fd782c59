import { readFile } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { JobRequestSchema, JobRequestSource } from '../generated/api/job-request.js';
import type { Job } from '../jobs/resource.js';
import { parseRequest } from '../schema/request.js';
import { EXIT, type ExitCode, exitCodeOfFailure, UsageError } from './exit.js';
import type { Jobs } from './jobs.js';
import { openLocalJobs } from './local-jobs.js';
import { JobBar } from './progress.js';
import { headline, reportLines } from './report-lines.js';
import { serverJobs } from './server-jobs.js';
import { complain, describeError, printAll, printJson, say } from './terminal.js';

const SHOWN_REJECTS = 10;

/** `etl run JOB.json`: brings a job to its end, and prints it and its report. */
export async function run(
  file: string,
  options: { server?: string; json?: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const request = parseRequest(JobRequestSchema, await readJob(file), JobRequestSource);
  const jobs =
    options.server === undefined ? await openLocalJobs(signal) : serverJobs(options.server);
  let hasEnded = false;
  try {
    const { job_id } = await jobs.submit(request, { signal });
    const job = await follow(jobs, job_id, signal);
    hasEnded = true;
    if (!options.json) printAll([summary(job)]);
    const report = await reportOf(jobs, job, signal);
    if (options.json) printJson({ ...job, report });
    else if (report) printAll(reportLines(report));
    if (job.counts.rejected > 0) await showRejects(jobs, job);
    return conclude(job, options.json ?? false);
  } catch (error) {
    if (!signal.aborted) throw error;
    if (options.server !== undefined && !hasEnded)
      say('interrupted; the job goes on at the server');
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
  if (!last) throw new TypeError('a job is followed to its end');
  return last;
}

/** The report of a job, or null with a note: what became of the job does not hang on it. */
async function reportOf(jobs: Jobs, { job_id }: Job, signal: AbortSignal) {
  try {
    return await jobs.report(job_id, { signal });
  } catch (error) {
    signal.throwIfAborted();
    say(`the report of ${job_id} is missing: ${messageOf(error)}`);
    return null;
  }
}

function summary(job: Job): string {
  const { output } = job;
  const told = headline(job);
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
