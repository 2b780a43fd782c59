import { EtlError } from '../errors.js';
import type { JobRequest } from '../generated/api/job-request.js';
import type { ErrorRecord } from '../schema/error-record.js';
import type { ColumnKind } from '../schema/layout.js';
import type { RecordSchema } from '../schema/registry.js';
import { nearest } from '../schema/suggest.js';

type Written = NonNullable<JobRequest['transformations']>[number];
/** A step with its options. */
export type Step = Exclude<Written, string>;
type AggregateStep = Extract<Step, { type: 'aggregate' }>;
type Computed = AggregateStep['aggregates'][number];

/** What a column is known to hold; undefined where only the engine can say. */
type Columns = ReadonlyMap<string, ColumnKind | undefined>;
type Fault = Pick<ErrorRecord, 'path' | 'field' | 'message'>;

const NO_NUMBERS: ReadonlySet<ColumnKind> = new Set([
  'boolean',
  'string',
  'date-time',
  'date',
  'time',
  'list',
  'struct',
  'json',
]);
const NO_ORDER: ReadonlySet<ColumnKind> = new Set(['list', 'struct']);

/** The steps as objects, however each was written, with every default that no schema settles. */
export function stepsOf(transformations: readonly Written[]): Step[] {
  return transformations.map((written) => {
    const step = typeof written === 'string' ? { type: written } : written;
    return step.type === 'deduplicate' ? { keep: 'first', ...step } : step;
  });
}

/**
 * Refuses steps that no data could go through: columns that are not there, or not any more after
 * an aggregate, names given twice, functions that do not take a column's type.
 *
 * @param schema - says which columns there are; without one the engine will see.
 * @throws EtlError `INVALID_REQUEST` with a record for each fault.
 */
export function checkSteps(steps: readonly Step[], schema: RecordSchema | undefined): void {
  let columns = schema && columnsOf(schema);
  const faults: Fault[] = [];
  let aggregated = false;
  for (const [place, step] of steps.entries()) {
    const path = `/transformations/${place}`;
    if (step.type === 'validate' && aggregated) {
      faults.push(fault(path, 'cannot stand after aggregate: its rows are no records any more'));
    } else if (step.type === 'deduplicate') {
      faults.push(...keyFaults(step.key, path, columns, schema));
    } else if (step.type === 'aggregate') {
      faults.push(...aggregateFaults(step, path, columns));
      columns = columnsAfter(step, columns);
      aggregated = true;
    }
  }
  const [first, ...more] = faults;
  if (!first) return;
  const others = more.length === 0 ? '' : `; and ${more.length} more, see errors`;
  const reason = `${first.path.slice(1).replaceAll('/', '.')} ${first.message}${others}`;
  throw new EtlError('INVALID_REQUEST', { reason }, { errors: faults });
}

function columnsOf({ layout, document }: RecordSchema): Columns {
  // By x-arrow a text may be a number in columnar outputs.
  const isSure = !JSON.stringify(document).includes('"x-arrow"');
  return new Map(
    layout.columns.map(({ name, kind }) => [name, kind === 'string' && !isSure ? undefined : kind]),
  );
}

function columnsAfter(step: AggregateStep, before: Columns | undefined): Columns {
  const groups = step.group_by.map((name) => [name, before?.get(name)] as const);
  const computed = step.aggregates.map((one) => [one.name, kindOf(one, before)] as const);
  return new Map([...groups, ...computed]);
}

function kindOf(one: Computed, before: Columns | undefined): ColumnKind | undefined {
  if (one.function === 'count' || one.function === 'count_distinct') return 'integer';
  if (one.function === 'mean') return 'number';
  return one.column === undefined ? undefined : before?.get(one.column);
}

function keyFaults(
  key: readonly string[] | undefined,
  path: string,
  columns: Columns | undefined,
  schema: RecordSchema | undefined,
): Fault[] {
  if (key) {
    return key.flatMap((name, place) => unknown(name, `${path}/key/${place}`, columns));
  }
  const lost = primaryKeyOf(schema).filter((name) => columns && !columns.has(name));
  if (lost.length === 0) return [];
  const what = `has the schema's key ${lost.join(', ')}, which aggregate has dropped`;
  return [fault(path, `${what}; say by which columns with key`)];
}

function primaryKeyOf(schema: RecordSchema | undefined): readonly string[] {
  return (schema?.document['x-primary-key'] as readonly string[] | undefined) ?? [];
}

function aggregateFaults(step: AggregateStep, path: string, columns: Columns | undefined): Fault[] {
  const taken = new Set(step.group_by);
  const faults = step.group_by.flatMap((name, place) =>
    unknown(name, `${path}/group_by/${place}`, columns),
  );
  for (const [place, one] of step.aggregates.entries()) {
    const at = `${path}/aggregates/${place}`;
    if (taken.has(one.name)) {
      faults.push(fault(`${at}/name`, `is ${one.name}, the name of another column`));
    }
    if (one.name.startsWith('$')) faults.push(fault(`${at}/name`, 'must not begin with $'));
    taken.add(one.name);
    faults.push(...operandFaults(one, at, columns));
  }
  return faults;
}

function operandFaults(one: Computed, path: string, columns: Columns | undefined): Fault[] {
  const { column } = one;
  if (column === undefined) {
    return one.function === 'count'
      ? []
      : [fault(`${path}/column`, `is needed: ${one.function} of what?`)];
  }
  const missing = unknown(column, `${path}/column`, columns);
  const kind = columns?.get(column);
  if (missing.length > 0 || kind === undefined) return missing;
  const isSum = one.function === 'sum' || one.function === 'mean';
  const isOrder = one.function === 'min' || one.function === 'max';
  if (isSum && NO_NUMBERS.has(kind)) {
    return [fault(`${path}/column`, `is a ${kind}, and ${one.function} takes numbers`)];
  }
  if (isOrder && NO_ORDER.has(kind)) {
    return [fault(`${path}/column`, `is a ${kind}, and ${one.function} takes what has an order`)];
  }
  return [];
}

function unknown(name: string, path: string, columns: Columns | undefined): Fault[] {
  if (!columns || columns.has(name)) return [];
  const names = [...columns.keys()];
  const near = nearest(name, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return [fault(path, `is ${name}, and there is no such column here; ${hint}`)];
}

function fault(path: string, message: string): Fault {
  return { path, field: 'transformations', message };
}
