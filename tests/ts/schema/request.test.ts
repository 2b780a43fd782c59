import { describe, expect, it } from 'vitest';
import { EtlError } from '../../../ts/errors.js';
import { JobRequestSchema, JobRequestSource } from '../../../ts/generated/api/job-request.js';
import { parseRequest } from '../../../ts/schema/request.js';

const job = {
  source_type: 'csv',
  source_path: 'users.csv',
  target_type: 'parquet',
  target_path: 'users.parquet',
};

function refusal(changes: object): EtlError {
  try {
    parseRequest(JobRequestSchema, { ...job, ...changes }, JobRequestSource);
  } catch (error) {
    if (error instanceof EtlError) return error;
    throw error;
  }
  throw new Error('the request was taken');
}

describe('a job request that is refused', () => {
  it('says where a value has the wrong type', () => {
    const error = refusal({ batch_size: '1000' });
    expect(error.code).toBe('INVALID_REQUEST');
    expect(error.errors).toEqual([
      {
        path: '/batch_size',
        field: 'batch_size',
        code: 'wrong_type',
        message: 'must be integer',
        keyword: 'type',
        expected: 'integer',
        value: '1000',
      },
    ]);
    expect(error.message).toBe('batch_size must be integer.');
  });

  it('says what an unknown key was probably meant for', () => {
    expect(refusal({ sourse_path: 'x' }).message).toBe(
      'sourse_path is not a known key; did you mean source_path?',
    );
    expect(refusal({ source_options: { delimeter: ';' } }).errors[0]).toMatchObject({
      path: '/source_options/delimeter',
      message: 'is not a known key; did you mean delimiter?',
    });
  });

  it('says what an unknown source type was probably meant for', () => {
    expect(refusal({ source_type: 'parquett' }).errors[0]?.message).toMatch(
      /^must be one of .*; did you mean parquet\?$/,
    );
  });

  it('says what an unknown transformation was probably meant for, as a name or an object', () => {
    expect(refusal({ transformations: ['normalise'] }).errors[0]).toMatchObject({
      path: '/transformations/0',
      message: expect.stringContaining('did you mean normalize?'),
    });
    expect(
      refusal({ transformations: ['validate', { type: 'dedupicate' }] }).errors[0],
    ).toMatchObject({
      path: '/transformations/1',
      message: expect.stringContaining('did you mean deduplicate?'),
    });
  });

  it('says which transformations there are where none is like it, and which has options', () => {
    for (const step of ['dedupe', { type: 'dedup' }, {}, 5]) {
      expect(refusal({ transformations: [step] }).message).toBe(
        'transformations.0 must fit one of its variants; there are validate, normalize, deduplicate, aggregate.',
      );
    }
    expect(refusal({ transformations: ['aggregate'] }).message).toContain(
      'aggregate has options: {"type": "aggregate", …}',
    );
  });

  it('says what is wrong with the options of the transformation that it names', () => {
    const aggregate = { type: 'aggregate', group_by: ['a'], aggregates: [] };
    expect(refusal({ transformations: [aggregate] }).errors).toMatchObject([
      { path: '/transformations/0/aggregates', keyword: 'minItems', field: 'transformations' },
    ]);
    const counted = { ...aggregate, aggregates: [{ name: 'n', function: 'cuont' }] };
    expect(refusal({ transformations: [counted] }).message).toMatch(
      /^transformations.0.aggregates.0.function must be one of .*; did you mean count\?$/,
    );
    const keyed = { type: 'deduplicate', keys: ['a'] };
    expect(refusal({ transformations: [keyed] }).message).toBe(
      'transformations.0.keys is not a known key; did you mean key?',
    );
  });

  it('suggests nothing for a word that is like no other', () => {
    expect(refusal({ source_type: 'spreadsheet' }).errors[0]?.message).not.toContain(
      'did you mean',
    );
  });

  it('lists every fault, and says in the detail how many there are', () => {
    const error = refusal({ batch_size: 0, job_id: 'a/b', max_error_rate: 2 });
    expect(error.errors.map(({ path }) => path)).toEqual([
      '/batch_size',
      '/job_id',
      '/max_error_rate',
    ]);
    expect(error.message).toContain('and 2 more, see errors');
  });

  it.each([null, [], 'job', 7])('is refused when it is no object: %j', (body) => {
    expect(() => parseRequest(JobRequestSchema, body, JobRequestSource)).toThrow('must be object');
  });

  it('treats __proto__ and constructor as unknown keys', () => {
    const body = JSON.parse('{"__proto__": {"job_id": "x"}, "constructor": 1}') as object;
    expect(refusal(body).errors.map(({ path }) => path)).toContain('/constructor');
  });
});
