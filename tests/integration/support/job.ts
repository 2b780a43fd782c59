import type { JobRequest } from '../../../ts/generated/api/job-request.js';

/** The brief's own job, with changes. */
export function job(changes: Partial<JobRequest> = {}): JobRequest {
  return {
    job_id: 'job_001',
    source_type: 'csv',
    source_path: './data/input/users.csv',
    target_type: 'parquet',
    target_path: './data/output/users.parquet',
    schema_name: 'user',
    transformations: ['normalize', 'deduplicate'],
    validation_mode: 'strict',
    batch_size: 1000,
    enable_zero_copy: true,
    ...changes,
  };
}

export const HEADER = 'id,email,name,age,created_at,is_active,tags';

/** A CSV of users: a header, and a line for each row. */
export function users(rows: readonly string[], header = HEADER): string {
  return [header, ...rows, ''].join('\n');
}

export const GOOD = '1,ada@example.com,Ada,36,2024-01-01T00:00:00Z,true,a|b';
export const OTHER = '2,bob@example.com,Bob,,2024-01-02T00:00:00Z,false,';
