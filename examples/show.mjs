/** What the examples print of a job. */

/** Submits a job and prints its progress until it has ended. */
export async function follow(jobs, request) {
  const { job_id } = await jobs.submit(request);
  for await (const job of jobs.follow(job_id)) {
    const { bytes_read, bytes_total, rows_read } = job.progress;
    console.log(
      `${job.state}: ${rows_read} records, ${bytes_read} of ${bytes_total ?? '?'} bytes read`,
    );
    if (job.state === 'failed') throw new Error(`${job.error.code}: ${job.error.detail}`);
    if (job.state === 'succeeded') return job;
  }
}

/** Prints how many records were rejected, how often for each reason, and the first of them. */
export async function showRejects(jobs, job) {
  const { read, rejected } = job.counts;
  console.log(`read ${read} records, rejected ${rejected}`);
  const { rejects } = await jobs.rejects(job.job_id, { limit: 1000 });
  if (rejects.length < rejected) console.log(`  of the first ${rejects.length}:`);
  const reasons = new Map();
  for (const { field, message } of rejects) {
    const reason = `${field}: ${message}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of reasons) console.log(`  ${count} × ${reason}`);
  for (const reject of rejects.slice(0, 2)) console.log('  for example', JSON.stringify(reject));
}

/** Prints what the job wrote, and where. */
export function showOutput(job) {
  const { written, deduplicated } = job.counts;
  const { path, bytes, sha256 } = job.output;
  console.log(`wrote ${written} records (${deduplicated} were duplicates) to ${path}`);
  console.log(`  ${bytes} bytes, sha256 ${sha256}`);
}
