import { describe, expect, it } from 'vitest';
import type { JobRequest } from '../../../ts/generated/api/job-request.js';
import { fillDefaults, fingerprint } from '../../../ts/jobs/request.js';

const request: JobRequest = {
  job_id: 'job_001',
  source_type: 'csv',
  source_path: './data/input/users.csv',
  target_type: 'parquet',
  target_path: './data/output/users.parquet',
  schema_name: 'user',
};

const print = (changes: Partial<JobRequest>) =>
  fingerprint(fillDefaults({ ...request, ...changes }));

describe('the defaults of a job request', () => {
  it('are those of the design', () => {
    expect(fillDefaults(request)).toEqual({
      ...request,
      source_options: { null_values: [''] },
      transformations: [],
      validation_mode: 'strict',
      max_errors: 1_000,
      batch_size: 65_536,
      enable_zero_copy: true,
      if_exists: 'replace',
      profile: false,
    });
  });

  it('set no limit to the errors of a lenient job', () => {
    expect(fillDefaults({ ...request, validation_mode: 'lenient' })).not.toHaveProperty(
      'max_errors',
    );
  });

  it('give way to what the request says', () => {
    const filled = fillDefaults({
      ...request,
      max_errors: 5,
      source_options: { null_values: ['NA'], delimiter: ';' },
    });
    expect(filled).toMatchObject({
      max_errors: 5,
      source_options: { null_values: ['NA'], delimiter: ';' },
    });
  });
});

describe('two requests are the same', () => {
  it('when one writes out the defaults of the other, in any order of keys', () => {
    const { source_type, ...rest } = request;
    const written = { if_exists: 'replace', batch_size: 65_536, ...rest, source_type } as const;
    expect(fingerprint(fillDefaults(written))).toBe(print({}));
  });

  it('when a step is written as a name and as an object', () => {
    expect(print({ transformations: [{ type: 'normalize' }] })).toBe(
      print({ transformations: ['normalize'] }),
    );
  });

  it('when a step writes out its default', () => {
    expect(print({ transformations: [{ type: 'deduplicate', keep: 'first' }] })).toBe(
      print({ transformations: ['deduplicate'] }),
    );
  });

  it('whatever their job_id', () => {
    expect(print({ job_id: 'another' })).toBe(print({}));
  });
});

describe('two requests differ', () => {
  it.each<Partial<JobRequest>>([
    { source_path: './data/input/others.csv' },
    { transformations: ['normalize'] },
    { validation_mode: 'lenient' },
    { source_options: { delimiter: ';' } },
    { enable_zero_copy: false },
  ])('by %j', (change) => {
    expect(print(change)).not.toBe(print({}));
  });

  it('by the order of their steps', () => {
    expect(print({ transformations: ['normalize', 'deduplicate'] })).not.toBe(
      print({ transformations: ['deduplicate', 'normalize'] }),
    );
  });
});
