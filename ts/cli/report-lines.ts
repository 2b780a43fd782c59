import type { ColumnReport, JobReport, RejectKind, StepReport } from '../jobs/report.js';
import type { Job } from '../jobs/resource.js';
import { aligned } from './table.js';
import { describeFault, printable } from './terminal.js';

const SHOWN_KINDS = 20;
const LONGEST_VALUE = 28;

/** What became of a job, and of its records, in one line. */
export function headline({ job_id, state, counts }: Pick<Job, 'job_id' | 'state' | 'counts'>) {
  const { read, written, rejected, filtered, deduplicated } = counts;
  return `${job_id} ${state}: read ${read}, written ${written}, rejected ${rejected}, filtered ${filtered}, deduplicated ${deduplicated}`;
}

/** Why a job failed, in a line; none for one that did not. */
export function failureLines({ error }: Pick<Job, 'error'>): string[] {
  return error ? [`${error.code}: ${error.detail}`] : [];
}

/** A report as a person reads it: how long, the steps, the rejects by kind, the columns. */
export function reportLines(report: JobReport): string[] {
  const { steps, rejects, profile } = report;
  return [
    ...(report.duration_s === null ? [] : [pace(report)]),
    ...(steps.length === 0 ? [] : ['', ...stepTable(steps)]),
    ...(rejects?.kinds.length ? ['', ...rejectTable(rejects.kinds)] : []),
    ...(profile === null ? [] : ['', ...columnTable(profile.columns)]),
  ];
}

function pace({ duration_s, records_per_s, bytes_per_s, stages }: JobReport): string {
  const parts = stages.map(({ stage, seconds }) => `${stage} ${seconds.toFixed(3)} s`);
  const split = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const rate = ((bytes_per_s ?? 0) / 1e6).toFixed(1);
  return `in ${duration_s?.toFixed(3)} s${split}: ${records_per_s} records/s, ${rate} MB/s`;
}

function stepTable(steps: readonly StepReport[]): string[] {
  const rows = steps.map(({ step, rows_in, rows_out, seconds }) => [
    step,
    String(rows_in),
    String(rows_out),
    seconds.toFixed(3),
  ]);
  return aligned([['step', 'rows in', 'rows out', 'seconds'], ...rows], { right: [1, 2, 3] });
}

function rejectTable(kinds: readonly RejectKind[]): string[] {
  const rows = kinds
    .slice(0, SHOWN_KINDS)
    .map(({ count, stage, code, field, samples: [first] }) => [
      String(count),
      stage,
      code,
      printable(field),
      first ? describeFault(first) : '',
    ]);
  const more = kinds.length - SHOWN_KINDS;
  return [
    ...aligned([['errors', 'stage', 'code', 'field', 'the first'], ...rows], { right: [0] }),
    ...(more > 0 ? [`… and ${more} more kinds; --json shows them`] : []),
  ];
}

function columnTable(columns: readonly ColumnReport[]): string[] {
  const heads = [
    'column',
    'type',
    'values',
    'nulls',
    'distinct',
    'min',
    'max',
    'mean',
    'most often',
  ];
  const rows = columns.map((column) => {
    const { count, nulls, distinct, distinct_error, min, max, mean, top_values } = column;
    const [top] = top_values ?? [];
    return [
      printable(column.name),
      printable(column.type),
      String(count),
      String(nulls),
      distinct === null ? '' : `${distinct_error ? '~' : ''}${distinct}`,
      short(min),
      short(max),
      mean === null ? '' : String(Number(mean.toPrecision(6))),
      top ? `${short(top.value)} (${top.count})` : '',
    ];
  });
  return aligned([heads, ...rows], { right: [2, 3, 4] });
}

/** A value of a column in a cell of a table. */
function short(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const characters = Array.from(text);
  if (characters.length <= LONGEST_VALUE) return printable(text);
  return printable(`${characters.slice(0, LONGEST_VALUE - 1).join('')}…`);
}
