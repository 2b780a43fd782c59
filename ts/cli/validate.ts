import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerPool } from '../bridge/pool.js';
import { schemaNotFound, systemCode } from '../errors.js';
import { openLog } from '../observability/log.js';
import { EXTENSIONS, type FileFormat, formatOf } from '../pipeline/file-format.js';
import { MOST_ERRORS, type ValidationMode } from '../pipeline/row-judge.js';
import type { RecordSchema } from '../schema/registry.js';
import { readSettings } from '../settings.js';
import { wholeNumber } from '../whole-number.js';
import { jobCapacity, loadExtensions, loadSchemas, openWorkers } from '../workers.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { judgeColumns } from './judge-columns.js';
import { judgeRows } from './judge-rows.js';
import { schemaChoice } from './schema-choice.js';
import { describeError, printJson, printLine } from './terminal.js';
import type { FileVerdict } from './verdict.js';

/** What `etl validate` takes besides the file. */
export interface ValidateOptions {
  readonly schema: string;
  readonly mode?: ValidationMode;
  readonly maxErrors: string;
  readonly json?: boolean;
}

/** `etl validate FILE`: prints the errors of a file's records, then the counts. */
export async function validate(
  file: string,
  options: ValidateOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const format = formatOf(file) ?? refuseExtension(file);
  const maxErrors = errorCount(options.maxErrors);
  if (options.mode === 'zod' && format !== 'json' && format !== 'ndjson') {
    throw new UsageError(`--mode zod judges rows of JSON; ${format} is judged by Python alone`);
  }
  await assertReadable(file);
  const begun = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'etl-validate-'));
  try {
    const verdict = await judge(file, format, { ...options, maxErrors }, folder, signal);
    print(verdict, performance.now() - begun, options.json ?? false);
    return verdict.invalid === 0 ? EXIT.ok : EXIT.refused;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function assertReadable(file: string): Promise<void> {
  const unreadable = (error: unknown) => {
    throw new UsageError(`${file} cannot be read (${systemCode(error)})`);
  };
  const status = await stat(file).catch(unreadable);
  if (!status.isFile()) throw new UsageError(`${file} is not a regular file`);
  await access(file, constants.R_OK).catch(unreadable);
}

async function judge(
  file: string,
  format: FileFormat,
  options: { schema: string; mode?: ValidationMode; maxErrors: number },
  folder: string,
  signal: AbortSignal,
): Promise<FileVerdict> {
  const fromEnvironment = readSettings({ LOG_LEVEL: 'warn', ...process.env });
  const log = openLog(fromEnvironment.logLevel, 2);
  const choice = await schemaChoice(options.schema, fromEnvironment.schemaDir, folder);
  const settings = {
    ...fromEnvironment,
    stateDir: folder,
    schemaDir: choice.schemaDir,
    pythonDir: choice.hasRules ? fromEnvironment.pythonDir : undefined,
  };
  const registry = await loadSchemas(settings, choice.describe);
  const schema: RecordSchema | undefined = registry.get(choice.name);
  if (!schema) throw schemaNotFound(registry, choice.name);
  const { maxErrors, mode = 'dual' } = options;
  let pool: WorkerPool | undefined;
  try {
    if (mode !== 'zod') {
      const extensions = await loadExtensions(settings, log);
      pool = await openWorkers(settings, registry, 1, log, { extensions });
    }
    if (format === 'json' || format === 'ndjson') {
      return await judgeRows(file, format, { schema, mode, maxErrors, pool, signal, log });
    }
    const { limits } = jobCapacity({ ...settings, workers: 1 });
    const all = { threads: settings.workers, memory: limits.memory };
    return await judgeColumns(file, format, {
      schema,
      maxErrors,
      pool,
      signal,
      folder,
      limits: all,
    });
  } finally {
    await pool?.close();
  }
}

function print(verdict: FileVerdict, durationMs: number, json: boolean): void {
  const { total, invalid, errors, truncated } = verdict;
  for (const error of errors) {
    if (json) printJson(error);
    else printLine(describeError(error));
  }
  if (json) {
    printJson({
      valid: invalid === 0,
      total_records: total,
      valid_records: total - invalid,
      invalid_records: invalid,
      errors_truncated: truncated,
      duration_ms: Math.round(durationMs),
    });
    return;
  }
  if (truncated) printLine('… more errors are left out; --max-errors N shows more');
  printLine(`${total} records: ${total - invalid} valid, ${invalid} invalid`);
}

function refuseExtension(file: string): never {
  throw new UsageError(`${file}: the extension must be one of ${EXTENSIONS.join(', ')}`);
}

function errorCount(text: string): number {
  const parsed = wholeNumber(0, MOST_ERRORS).safeParse(text);
  if (parsed.success) return parsed.data;
  const expected = parsed.error.issues[0]?.message;
  throw new UsageError(`--max-errors ${text}: expected ${expected}`, 'etl validate --help');
}
