import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { job } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder());
  await server.ready();
});

interface Refusal {
  code: string;
  status: number;
  detail: string;
  errors: { path: string; message: string }[];
}

async function refusal(body: unknown, path = '/api/v1/jobs'): Promise<Refusal> {
  const response = await server.post(path, body);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Refusal;
  expect(problem.status).toBe(response.status);
  return problem;
}

describe('a job is refused, and nothing of it is kept,', () => {
  it('when it is not JSON', async () => {
    expect(await refusal('{"job_id": ')).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
  });

  it('when it has more than 64 KiB', async () => {
    const null_values = ['x'.repeat(2 ** 16)];
    const problem = await refusal(job({ source_options: { null_values } }));
    expect(problem).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it('when a field has the wrong type', async () => {
    const problem = await refusal({ ...job(), batch_size: 'many' });
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(problem.errors).toMatchObject([{ path: '/batch_size', message: 'must be integer' }]);
  });

  it('when it has an unknown key', async () => {
    const problem = await refusal({ ...job(), tranformations: [] });
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(problem.detail).toContain('tranformations is not a known key');
    expect(problem.detail).toContain('did you mean transformations?');
  });

  it.each([
    ['source type', { source_type: 'cvs' }, 'did you mean csv?'],
    ['target type', { target_type: 'excel' }, 'target_type must be'],
    ['transformation', { transformations: ['normalise'] }, 'did you mean normalize?'],
    ['mode', { validation_mode: 'lenent' }, 'did you mean lenient?'],
  ])('when its %s is not known', async (_, change, detail) => {
    const problem = await refusal({ ...job(), ...change });
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(problem.errors[0]?.message ?? '').toMatch(/must (be|fit)/);
    expect(problem.detail).toContain(detail);
  });

  it('when a step asks for a column that is not there, or of another type', async () => {
    const key = ['emial'];
    const unknown = await refusal(job({ transformations: [{ type: 'deduplicate', key }] }));
    expect(unknown).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(unknown.errors).toMatchObject([{ path: '/transformations/0/key/0' }]);
    expect(unknown.detail).toContain('did you mean email?');
    const aggregates = [{ name: 'total', function: 'sum' as const, column: 'name' }];
    const aggregate = { type: 'aggregate' as const, group_by: ['is_active'], aggregates };
    const wrong = await refusal(job({ transformations: [aggregate] }));
    expect(wrong.detail).toContain('is a string, and sum takes numbers');
  });

  it('when its schema is not known', async () => {
    const problem = await refusal(job({ schema_name: 'users' }));
    expect(problem).toMatchObject({ status: 404, code: 'SCHEMA_NOT_FOUND' });
    expect(problem.detail).toContain('did you mean user?');
  });

  it('when its schema is missing, unless it is Parquet under skip', async () => {
    const { schema_name: _, ...rest } = job();
    const problem = await refusal(rest);
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(problem.errors).toMatchObject([{ path: '/schema_name' }]);
  });

  it('when its file is missing', async () => {
    const problem = await refusal(job({ source_path: './data/input/none.csv' }));
    expect(problem).toMatchObject({ status: 422, code: 'SOURCE_NOT_FOUND' });
    expect(problem.detail).toContain('./data/input/none.csv does not exist');
    expect(problem.detail).toContain(server.folder);
  });

  it.each([
    { source_path: '/etc/passwd' },
    { source_path: './data/../../../../etc/passwd' },
    { source_path: '/proc/self/environ' },
    { source_path: '/dev/zero' },
    { source_path: './data/input' },
    { source_path: './data/fifo' },
    { source_path: './data/link.csv' },
    { source_path: './data/folder/secret.csv' },
    { target_path: '../out.parquet' },
    { target_path: './data/folder/out.parquet' },
    { target_path: './data/output/' },
    { target_path: './data/input' },
  ])('when a path leads out of the data roots, or to no regular file: %j', async (paths) => {
    const outside = server.path('outside');
    if (!existsSync(outside)) {
      mkdirSync(outside);
      writeFileSync(server.path('outside/secret.csv'), 'id\n');
      symlinkSync(server.path('outside/secret.csv'), server.path('data/link.csv'));
      symlinkSync(outside, server.path('data/folder'));
      execFileSync('mkfifo', [server.path('data/fifo')]);
    }
    const problem = await refusal(job(paths));
    expect(problem).toMatchObject({ status: 403, code: 'PATH_FORBIDDEN' });
    expect(problem.detail).toContain('ETL_DATA_ROOTS');
    expect(existsSync(server.path('outside/out.parquet'))).toBe(false);
  });

  it('when its target exists and it says if_exists: fail', async () => {
    const target_path = server.write('taken.parquet', 'old');
    const problem = await refusal(job({ target_path, if_exists: 'fail' }));
    expect(problem).toMatchObject({ status: 409, code: 'TARGET_EXISTS' });
    expect(readFileSync(server.path('data/taken.parquet'), 'utf8')).toBe('old');
  });

  it('and then there is no such job', async () => {
    const response = await fetch(`${server.url}/api/v1/jobs/job_001`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'JOB_NOT_FOUND', job_id: 'job_001' });
    expect(await (await fetch(`${server.url}/api/v1/jobs`)).json()).toEqual({
      jobs: [],
      next_cursor: null,
    });
  });
});

describe('POST /api/v1/validate', () => {
  const validate = (body: unknown, query = '') => refusal(body, `/api/v1/validate${query}`);

  it.each([
    ['not JSON', '[', 400, 'MALFORMED_JSON'],
    ['a bomb of brackets', '['.repeat(100_000), 400, 'MALFORMED_JSON'],
    ['an unknown key', { schema: 'user', data: [], modes: 'zod' }, 400, 'INVALID_REQUEST'],
    ['an unknown mode', { schema: 'user', data: [], mode: 'both' }, 400, 'INVALID_REQUEST'],
    ['data that is no array', { schema: 'user', data: {} }, 400, 'INVALID_REQUEST'],
    ['an unknown schema', { schema: 'usr', data: [] }, 404, 'SCHEMA_NOT_FOUND'],
    ['a schema called __proto__', { schema: '__proto__', data: [] }, 404, 'SCHEMA_NOT_FOUND'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await validate(body)).toMatchObject({ status, code });
  });

  it('refuses a query that it does not know', async () => {
    const problem = await validate({ schema: 'user', data: [] }, '?max_error=1');
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(problem.detail).toContain('did you mean max_errors?');
  });

  it('gives the errors of both layers once, in order, and counts exactly past max_errors', async () => {
    const good = { id: 1, email: 'a@b.co', name: 'A', created_at: '2024-01-01T00:00:00Z' };
    const data = [good, { ...good, id: 0, age: -1 }, good, 7, { ...good, extra: null }];
    const all = await server.post('/api/v1/validate', { schema: 'user', data });
    expect(await all.json()).toMatchObject({
      status: 'success',
      result: {
        valid: false,
        total_records: 5,
        valid_records: 2,
        invalid_records: 3,
        errors_truncated: false,
        errors: [
          { index: 1, path: '/age', keyword: 'minimum', value: -1 },
          { index: 1, path: '/id', keyword: 'minimum', value: 0 },
          { index: 3, path: '', keyword: 'type', value: 7 },
          { index: 4, path: '/extra', keyword: 'additionalProperties', value: null },
        ],
        layers: { zod: { valid_records: 2 }, pydantic: { valid_records: 2 } },
      },
    });
    const cut = await server.post('/api/v1/validate?max_errors=1', { schema: 'user', data });
    expect(await cut.json()).toMatchObject({
      result: { invalid_records: 3, errors_truncated: true, errors: [{ index: 1, path: '/age' }] },
    });
  });

  it('gives up to 10,000 errors, whatever their values are', async () => {
    const data = Array.from({ length: 10_001 }, () => ({ id: 'é'.repeat(300) }));
    const body = { schema: 'user', data, mode: 'pydantic' };
    const response = await server.post('/api/v1/validate?max_errors=10000', body);
    const { result } = (await response.json()) as { result: { errors: object[] } };
    expect(result).toMatchObject({ invalid_records: 10_001, errors_truncated: true });
    expect(result.errors).toHaveLength(10_000);
    const problem = await validate(body, '?max_errors=10001');
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(problem.detail).toContain('max_errors must be a whole number from 0 to 10000');
  });

  it('refuses more values than the memory is for, before they are parsed', async () => {
    const data = `[${'{},'.repeat(5_000_000)}{}]`;
    const problem = await validate(`{"schema":"user","data":${data}}`);
    expect(problem).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
    expect(problem.detail).toContain('it holds more than 10000000 values');
  });

  it.each(['zod', 'pydantic'])('has one layer judge in mode %s', async (mode) => {
    const data = [{ id: 'x' }];
    const response = await server.post('/api/v1/validate', { schema: 'user', data, mode });
    const { result } = (await response.json()) as { result: object };
    expect(result).toMatchObject({ valid: false, invalid_records: 1 });
    expect(result).not.toHaveProperty('layers');
  });

  it('judges 100,000 rows in several batches by their index among all', async () => {
    const row = { id: 1, email: 'a@b.co', name: 'A', created_at: '2024-01-01T00:00:00Z' };
    const data = Array.from({ length: 100_000 }, () => row);
    data[99_999] = { ...row, id: 0 };
    const response = await server.post('/api/v1/validate', { schema: 'user', data });
    expect(await response.json()).toMatchObject({
      result: {
        total_records: 100_000,
        invalid_records: 1,
        errors: [{ index: 99_999, path: '/id' }],
        layers: { zod: { valid_records: 99_999 }, pydantic: { valid_records: 99_999 } },
      },
    });
  });
});

describe('the API', () => {
  it.each([
    ['GET', '/api/v1/nothing', 404, 'NOT_FOUND'],
    ['GET', '/api/v1/validate', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/api/v1/jobs/job_001', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/api/v1/jobs/%ff', 400, 'INVALID_REQUEST'],
    ['GET', '/api/v1/jobs/none/rejects', 404, 'JOB_NOT_FOUND'],
    ['GET', '/api/v1/jobs?state=lost', 400, 'INVALID_REQUEST'],
    ['GET', '/api/v1/jobs/none?wait=61', 400, 'INVALID_REQUEST'],
    ['GET', '/api/v1/jobs/none?wait=1&wait=2', 400, 'INVALID_REQUEST'],
  ])('answers %s %s by a problem', async (method, path, status, code) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, code });
  });

  it('takes no forms, and tells nobody what it is built with', async () => {
    const response = await server.post('/api/v1/jobs', 'job_id=1', {
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    expect(response.status).toBe(415);
    expect(response.headers.has('x-powered-by')).toBe(false);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});
