import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { JobRequestSchema, JobRequestSource } from '../../../ts/generated/api/job-request.js';
import { BUILT_IN } from '../../../ts/generated/records/index.js';
import type { UserRecord } from '../../../ts/generated/records/user.js';
import type { RecordSchema } from '../../../ts/schema/registry.js';
import { compareErrors, compiledZod, explain, validateRows } from '../../../ts/schema/validate.js';

const user: RecordSchema = { name: 'user', ...BUILT_IN.user };
const good = {
  id: 1,
  email: 'user@example.com',
  name: 'John Doe',
  created_at: '2024-01-01T00:00:00Z',
};

it('infers the type of a record', () => {
  expectTypeOf<UserRecord>().toEqualTypeOf<{
    id: number;
    email: string;
    name: string;
    created_at: string;
    age?: number | undefined;
    is_active?: boolean | undefined;
    tags?: string[] | undefined;
  }>();
});

it('compiles every built-in schema ahead of its rows', () => {
  for (const { zod } of Object.values(BUILT_IN)) expect(compiledZod(zod)).not.toBe(zod);
});

it('refuses to fall back to the plain parser in silence', () => {
  const recursive: z.ZodType = z.lazy(() => z.object({ child: recursive.optional() }));
  expect(() => compiledZod(recursive)).toThrow(z.core.ZodCompileUnsupportedError);
});

it('counts exactly when the list of errors is cut short', () => {
  const rows = Array.from({ length: 100 }, (_, position) => (position % 2 === 0 ? good : {}));
  const verdict = validateRows(user, rows, { maxErrors: 7, firstIndex: 1000 });
  expect(verdict.invalid).toBe(50);
  expect(verdict.errors).toHaveLength(7);
  expect(verdict.truncated).toBe(true);
  expect(verdict.errors[0]).toMatchObject({ index: 1001, path: '/created_at' });
  expect([...verdict.valid].filter((flag) => flag === 1)).toHaveLength(50);
});

it('says that nothing was cut when the errors fit exactly', () => {
  expect(validateRows(user, [{}], { maxErrors: 4 })).toMatchObject({ truncated: false });
  expect(validateRows(user, [{}], { maxErrors: 3 })).toMatchObject({ truncated: true });
  expect(validateRows(user, [{}], { maxErrors: 0 })).toMatchObject({ truncated: true, errors: [] });
});

it('explains a request as it explains a row', () => {
  const body = {
    job_id: '-',
    source_type: 'cvs',
    target_type: 'parquet',
    target_path: '',
    transformations: ['normalise', { type: 'validate' }],
    extra: true,
  };
  expect(JobRequestSchema.safeParse(body).success).toBe(false);
  const records = explain(JobRequestSource, body, 0);
  expect(records.map(({ path, keyword, message }) => [path, keyword, message])).toEqual([
    ['/extra', 'additionalProperties', 'is not a known key'],
    ['/job_id', 'pattern', 'must match ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'],
    ['/source_path', 'required', 'is required'],
    ['/source_type', 'enum', 'must be one of ["arrow","csv","json","ndjson","parquet"]'],
    ['/target_path', 'minLength', 'must have at least 1 characters'],
    ['/transformations/0', 'anyOf', 'must fit one of its variants'],
  ]);
});

it('sorts records by index, path with positions as numbers, and keyword', () => {
  const record = (index: number, path: string, keyword: string) => ({
    ...{ index, path, keyword, field: '', code: '', message: '', expected: null },
  });
  const ordered = [
    record(0, '', 'type'),
    record(0, '/a', 'minLength'),
    record(0, '/a', 'pattern'),
    record(0, '/a/2', 'type'),
    record(0, '/a/10', 'type'),
    record(0, '/a-b', 'type'),
    record(1, '/a', 'type'),
  ];
  expect([...ordered].reverse().sort(compareErrors)).toEqual(ordered);
});

it('reports a __proto__ key as unknown, and changes no prototype', () => {
  const row = JSON.parse(
    '{"id":1,"email":"a@b","name":"x","created_at":"2024-01-01T00:00:00Z","__proto__":{"age":200}}',
  );
  const { errors } = validateRows(user, [row], { maxErrors: 10 });
  expect(errors.map(({ path, keyword }) => [path, keyword])).toEqual([
    ['/__proto__', 'additionalProperties'],
  ]);
  expect(JSON.stringify(errors[0]?.value)).toBe('{"age":200}');
});
