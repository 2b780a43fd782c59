import { describe, expect, it } from 'vitest';
import { failureLines, headline, reportLines } from '../../../ts/cli/report-lines.js';
import { ERRORS } from '../../../ts/generated/errors.js';
import type { JobReport, RejectKind } from '../../../ts/jobs/report.js';

const REPORT: JobReport = {
  job_id: 'job_1',
  state: 'succeeded',
  attempt: 1,
  error: null,
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:00.010Z',
  finished_at: '2026-01-01T00:00:00.260Z',
  counts: { read: 1200, written: 1198, rejected: 2, filtered: 0, deduplicated: 0 },
  duration_s: 0.2,
  bytes_read: 500_000,
  records_per_s: 6000,
  bytes_per_s: 2_500_000,
  stages: [{ stage: 'extract', seconds: 0.15 }],
  steps: [
    { step: 'read', rows_in: 1200, rows_out: 1200, seconds: 0.012 },
    { step: 'validate', rows_in: 1200, rows_out: 1198, seconds: 1.5 },
  ],
  rejects: { records: 0, errors: 0, kinds: [] },
  profile: null,
};

const kind = (field: string): RejectKind => ({
  stage: 'validate',
  code: 'too_small',
  field,
  count: 2,
  samples: [{ index: 7, path: '/id', message: 'must be at least 1', value: 0 }],
});

const withKinds = (kinds: readonly RejectKind[]): JobReport => ({
  ...REPORT,
  rejects: { records: 2, errors: 2, kinds },
});

const NOTHING_KNOWN = {
  duration_s: null,
  records_per_s: null,
  bytes_per_s: null,
  stages: [],
  steps: [],
  rejects: null,
};

describe('a report, for a person', () => {
  it('begins with what became of the records', () => {
    expect(headline(REPORT)).toBe(
      'job_1 succeeded: read 1200, written 1198, rejected 2, filtered 0, deduplicated 0',
    );
  });

  it('tells why the job failed, by code, and nothing of that for one that did not', () => {
    const { title, retryable } = ERRORS.EMPTY_SOURCE;
    const error = { code: 'EMPTY_SOURCE' as const, title, retryable, detail: 'in.csv is empty.' };
    expect(failureLines({ error })).toEqual(['EMPTY_SOURCE: in.csv is empty.']);
    expect(failureLines(REPORT)).toEqual([]);
  });

  it('tells how long it took, and what each step did', () => {
    expect(reportLines(REPORT)).toEqual([
      'in 0.200 s (extract 0.150 s): 6000 records/s, 2.5 MB/s',
      '',
      'step      rows in  rows out  seconds',
      'read         1200      1200    0.012',
      'validate     1200      1198    1.500',
    ]);
  });

  it('tells the rejects by code and field, each with its first', () => {
    expect(reportLines(withKinds([kind('id')])).slice(5)).toEqual([
      '',
      'errors  stage     code       field  the first',
      '     2  validate  too_small  id     row 7: /id must be at least 1, not 0',
    ]);
  });

  it('shows twenty kinds of rejects, and says how many more there are', () => {
    const kinds = Array.from({ length: 23 }, (_, at) => kind(`c${at}`));
    const lines = reportLines(withKinds(kinds));
    expect(lines.filter((line) => line.includes('too_small'))).toHaveLength(20);
    expect(lines.at(-1)).toBe('… and 3 more kinds; --json shows them');
  });

  it('tells what the columns hold, long values cut and estimates marked', () => {
    const number = { type: 'int64', count: 9, nulls: 1, length: null, top_values_error: 0 };
    const columns = [
      {
        ...number,
        name: 'id',
        distinct: 9000,
        distinct_error: 0.011,
        min: 1,
        max: 9,
        mean: 1 / 3,
        top_values: [{ value: 4, count: 5 }],
      },
      {
        ...number,
        name: 'tags',
        type: 'list<item: string>',
        distinct: null,
        distinct_error: null,
        min: 'a'.repeat(200),
        max: null,
        mean: null,
        top_values: null,
      },
    ];
    const lines = reportLines({ ...REPORT, profile: { rows: 10, columns } }).slice(6);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['column', 'type', 'values', 'nulls', 'distinct', 'min', 'max', 'mean', 'most often'],
      ['id', 'int64', '9', '1', '~9000', '1', '9', '0.333333', '4 (5)'],
      ['tags', 'list<item: string>', '9', '1', `${'a'.repeat(27)}…`],
    ]);
  });

  it('tells nothing of what is not known', () => {
    expect(reportLines({ ...REPORT, ...NOTHING_KNOWN })).toEqual([]);
  });

  it('cannot be forged by the name of a field', () => {
    const [line = ''] = reportLines(withKinds([kind('a\nb\u001b[2J')])).slice(-1);
    expect(line).toContain('a\\x0ab\\x1b[2J');
  });
});
