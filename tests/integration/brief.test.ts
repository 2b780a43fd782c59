import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { preview } from '../../ts/preview.js';
import { ServerProcess, workingFolder } from './support/server.js';

const VALIDATE =
  '{"schema": "user", "data": [{"id": 1, "email": "user@example.com", "name": "John Doe", "age": 30, "created_at": "2024-01-01T00:00:00Z", "is_active": true, "tags": ["premium"]}]}';
const JOB =
  '{"job_id": "job_001", "source_type": "csv", "source_path": "./data/input/users.csv", "target_type": "parquet", "target_path": "./data/output/users.parquet", "schema_name": "user", "transformations": ["normalize", "deduplicate"], "validation_mode": "strict", "batch_size": 1000, "enable_zero_copy": true}';

it('answers /livez at once, and /readyz within 3 s of its start', async () => {
  const begun = Date.now();
  const server = await ServerProcess.start(workingFolder());
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  await server.ready();
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({
    status: 'ready',
    reasons: [],
    shared_memory: expect.any(Boolean),
  });
  expect((await fetch(`${server.url}/startupz`)).status).toBe(200);
});

it("answers the brief's POST /api/v1/validate as the brief says", async () => {
  const server = await ServerProcess.start(workingFolder());
  const response = await server.post('/api/v1/validate', VALIDATE);
  expect(response.status).toBe(200);
  const body = (await response.json()) as { result: { duration_ms: number } };
  expect(body).toEqual({
    status: 'success',
    result: {
      valid: true,
      total_records: 1,
      valid_records: 1,
      invalid_records: 0,
      errors: [],
      duration_ms: expect.any(Number),
      errors_truncated: false,
      layers: {
        zod: { valid_records: 1, duration_ms: expect.any(Number) },
        pydantic: { valid_records: 1, duration_ms: expect.any(Number) },
      },
    },
  });
});

it("runs the brief's POST /api/v1/jobs to its end", async () => {
  const server = await ServerProcess.start(workingFolder());
  const response = await server.post('/api/v1/jobs', JOB);
  expect(response.status).toBe(202);
  expect(response.headers.get('location')).toBe('/api/v1/jobs/job_001');
  expect(await response.json()).toMatchObject({ job_id: 'job_001', state: 'queued', attempt: 0 });

  const ended = await server.jobs.get('job_001', { wait: 30 });
  expect(ended).toMatchObject({ state: 'succeeded', attempt: 1, error: null, stage: null });
  const { read, written, rejected, filtered, deduplicated } = ended.counts;
  expect(read).toBe(written + rejected + filtered + deduplicated);
  expect({ rejected, filtered }).toEqual({ rejected: 0, filtered: 0 });
  expect(written).toBeGreaterThan(100);
  expect(deduplicated).toBeGreaterThan(0);
  expect(ended.output).toMatchObject({ path: './data/output/users.parquet', rows: written });
  expect(ended.bridge).toEqual({ path: expect.any(String), bytes_mapped: 0, bytes_copied: 0 });

  expect(readdirSync(server.path('data/output'))).toEqual(['users.parquet']);
  const rows = await preview(server.path('data/output/users.parquet'), 10_000);
  expect(rows).toHaveLength(written);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(written);
  for (const { name, email } of rows) {
    expect(name).toBe(String(name).normalize('NFC').trim().replace(/\s+/gu, ' '));
    expect(email).toMatch(/@[^A-Z]+$/);
  }
  expect(existsSync(server.path('.etl/jobs/job_001/1/spill'))).toBe(false);
});

it('aggregates what is left after deduplicate into one row a group', async () => {
  const server = await ServerProcess.start(workingFolder());
  const target_path = './data/output/groups.parquet';
  const aggregates = [
    { name: 'users', function: 'count' },
    { name: 'emails', function: 'count_distinct', column: 'email' },
    { name: 'oldest', function: 'max', column: 'age' },
    { name: 'newest', function: 'last', column: 'name' },
  ];
  const aggregate = { type: 'aggregate', group_by: ['is_active'], aggregates };
  const latest = { type: 'deduplicate', key: ['email'], keep: 'last' };
  const transformations = ['normalize', latest, aggregate];
  const job = { ...JSON.parse(JOB), job_id: 'groups', target_path, transformations };
  expect((await server.post('/api/v1/jobs', job)).status).toBe(202);

  const ended = await server.jobs.get('groups', { wait: 30 });
  expect(ended).toMatchObject({ state: 'succeeded', error: null });
  const { read, written, deduplicated } = ended.counts;
  const rows = await preview(server.path('data/output/groups.parquet'), 10);
  expect(ended.output).toMatchObject({ rows: rows.length });
  expect(rows.map((row) => Object.keys(row))).toEqual(
    rows.map(() => ['is_active', 'users', 'emails', 'oldest', 'newest']),
  );
  const total = (name: string) => rows.reduce((sum, row) => sum + Number(row[name]), 0);
  expect(total('users')).toBe(written);
  expect(total('emails')).toBe(written);
  expect(read).toBe(written + deduplicated);
  expect(deduplicated).toBeGreaterThan(0);
});
