import type { ColumnDescription, SchemaDescription } from '../schema/description.js';
import { EXIT, type ExitCode } from './exit.js';
import { describeSchemas } from './schema-describe.js';
import { aligned } from './table.js';
import { printAll, printLine } from './terminal.js';

/** What `etl schema show` prints in place of the summary; at most one. */
export interface ShowOptions {
  readonly zod?: boolean;
  readonly pydantic?: boolean;
  readonly columns?: boolean;
  readonly json?: boolean;
}

/** `etl schema show NAME|FILE`: prints a record schema, its columns and how they are judged. */
export async function showSchema(
  schema: string,
  options: ShowOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [text = ''] = await describeSchemas({ schema }, signal);
  const described = JSON.parse(text) as SchemaDescription;
  if (options.json) printLine(text);
  else if (options.zod) process.stdout.write(described.zod);
  else if (options.pydantic) process.stdout.write(described.pydantic);
  else {
    if (!options.columns) printAll([...summary(described), '']);
    printAll([...table(described.columns), '', ...judgement(described)]);
  }
  return EXIT.ok;
}

function summary(schema: SchemaDescription): string[] {
  const { name, title, description, version, primary_key, built_in, closed } = schema;
  const told: [string, string | null][] = [
    ['title', title],
    ['description', description],
    ['version', version],
    ['key', primary_key.join(', ') || null],
    ['members', closed ? 'closed: no others than its columns' : 'open: others may come'],
    ['source', built_in ? 'built in' : 'compiled'],
  ];
  const lines = told.filter(([, value]) => value !== null).map(([what, value]) => [what, value]);
  return [name, ...aligned(lines as string[][]).map((line) => `  ${line}`)];
}

function table(columns: readonly ColumnDescription[]): string[] {
  const heads = ['column', 'kind', 'required', 'null', 'judged by', 'Arrow type → in outputs'];
  const rows = columns.map((one) => [
    one.name,
    one.kind,
    one.required ? 'yes' : 'no',
    one.nullable ? 'yes' : 'no',
    one.judged === 'vector' ? 'kernels' : 'rows',
    one.arrow_type === one.output_type ? one.arrow_type : `${one.arrow_type} → ${one.output_type}`,
  ]);
  return aligned([heads, ...rows]);
}

function judgement({ columns, rows }: SchemaDescription): string[] {
  const byColumn = columns.flatMap(({ name, reasons }) =>
    reasons.map(({ pointer, reason }) => [name, pointer, reason]),
  );
  const lines: string[] = [];
  if (byColumn.length > 0) {
    lines.push('Pydantic judges every row that has a value in:');
    lines.push(...aligned(byColumn).map((line) => `  ${line}`));
  }
  if (rows.length > 0) {
    lines.push(byColumn.length > 0 ? 'and, whatever their columns:' : 'Pydantic judges:');
    const others = rows.map(({ pointer, reason }) => [reason, pointer]);
    lines.push(...aligned(others).map((line) => `  ${line}`));
  }
  lines.push(
    lines.length > 0
      ? 'Kernels judge all other rows, and Pydantic those of which they are not sure.'
      : 'Kernels judge every row, and Pydantic those of which they are not sure.',
  );
  return lines;
}
