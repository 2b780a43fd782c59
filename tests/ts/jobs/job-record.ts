import { type JobRecord, newRecord } from '../../../ts/jobs/record.js';
import { fillDefaults } from '../../../ts/jobs/request.js';
import { newJob } from '../../../ts/jobs/resource.js';

/** The record of a queued job, as the store keeps it. */
export function jobRecord(jobId: string, target = '/data/users.parquet'): JobRecord {
  const request = fillDefaults({
    source_type: 'csv',
    source_path: `naïve \0\n${jobId}.csv`,
    target_type: 'parquet',
    target_path: 'users.parquet',
    schema_name: 'user',
  });
  const job = newJob(jobId, request);
  return newRecord(job, { source: '/data/users.csv', target, schemaDigest: 'd' });
}
