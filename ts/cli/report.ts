import { EXIT, type ExitCode } from './exit.js';
import { failureLines, headline, reportLines } from './report-lines.js';
import { serverJobs } from './server-jobs.js';
import { printAll, printJson } from './terminal.js';

/** `etl report JOB_ID`: prints the report of a job that ended on a server. */
export async function report(
  jobId: string,
  options: { server: string; json?: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const jobs = serverJobs(options.server);
  const reported = await jobs.report(jobId, { signal });
  if (options.json) printJson(reported);
  else printAll([headline(reported), ...failureLines(reported), ...reportLines(reported)]);
  return EXIT.ok;
}
