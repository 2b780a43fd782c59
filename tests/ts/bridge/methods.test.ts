import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeRows } from '../../../ts/arrow/decode.js';
import { openPool } from '../../faults/support/pool.js';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-methods-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const USERS = [
  'id,email,name,created_at',
  '1,ann@example.org,  Ann  ,2024-01-01T00:00:00Z',
  '1,ann@example.org,Ann,2024-01-01T00:00:00Z',
  '2,bob@example.org,Bob,2024-01-02T03:04:05Z',
].join('\n');

const jobIn = (folder: string) => ({
  job_id: 'job_1',
  attempt: 1,
  source_type: 'csv',
  source_path: join(folder, 'users.csv'),
  source_options: { delimiter: null, null_values: null },
  target_type: 'parquet',
  staged_path: join(folder, '.users.staged'),
  schema_name: 'user',
  transformations: ['normalize', 'deduplicate'],
  validation_mode: 'strict',
  max_errors: null,
  max_error_rate: null,
  batch_size: 65_536,
  rejects_path: join(folder, 'rejects.ndjson'),
  spill_dir: join(folder, 'spill'),
  threads: 1,
  memory_limit: 2 ** 30,
});

describe('run_job', () => {
  it('runs a job in Python, reports its progress, and what it wrote can be previewed', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'users.csv'), USERS);
    const { pool } = await openPool();
    const events: Record<string, unknown>[] = [];
    const { value } = await pool.call('run_job', jobIn(folder), {
      onEvent: (event) => events.push(event),
    });
    expect(value).toMatchObject({
      counts: { read: 3, written: 2, rejected: 0, filtered: 0, deduplicated: 1 },
      output: { rows: 2 },
    });
    expect(events.length).toBeGreaterThan(0);
    const params = { path: join(folder, '.users.staged'), type: 'parquet', limit: 1 };
    const preview = await pool.call('preview', params);
    expect(decodeRows(preview.body ?? new Uint8Array(0))).toMatchObject([
      { id: 1, name: 'Ann', created_at: '2024-01-01T00:00:00Z' },
    ]);
    preview.release();
  });

  it('fails with the code, the details and the counts of the job', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'users.csv'), USERS.replace('bob@', 'bob'));
    const { pool } = await openPool();
    await expect(pool.call('run_job', jobIn(folder))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      params: { counts: { read: 3, written: 0, rejected: 1 } },
    });
    const unknown = { ...jobIn(folder), schema_name: 'usr' };
    await expect(pool.call('run_job', unknown)).rejects.toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
    });
  });
});

describe('preview', () => {
  it('gives the first rows of a CSV file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'users.csv'), USERS);
    const { pool } = await openPool();
    const params = { path: join(folder, 'users.csv'), type: 'csv', limit: 2 };
    const { value, body } = await pool.call('preview', params);
    expect(value).toEqual({ rows: 2, columns: ['id', 'email', 'name', 'created_at'] });
    expect(decodeRows(body ?? new Uint8Array(0)).map(({ name }) => name)).toEqual([
      '  Ann  ',
      'Ann',
    ]);
  });

  it('says when there is no such file', async () => {
    const { pool } = await openPool();
    const params = { path: '/no/such.parquet', type: 'parquet', limit: 1 };
    await expect(pool.call('preview', params)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});
