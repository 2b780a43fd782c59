import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WorkerPool } from '../bridge/pool.js';
import { schemaNotFound } from '../errors.js';
import { JobRequestSchema, JobRequestSource } from '../generated/api/job-request.js';
import { DataRoots } from '../jobs/paths.js';
import { checkSteps, type Step, stepsOf } from '../jobs/transformations.js';
import { openLog } from '../observability/log.js';
import type { RecordSchema } from '../schema/registry.js';
import { parseRequest } from '../schema/request.js';
import { readSettings, type Settings } from '../settings.js';
import { jobCapacity, loadExtensions, loadSchemas, openWorkers } from '../workers.js';
import { assertPipelineOptions } from './checks.js';
import { DeadLetters } from './chunks/dead-letters.js';
import { EXTENSIONS, formatOf } from './file-format.js';
import { misuse } from './misuse.js';
import type { PipelineOptions } from './options.js';
import { AppendFile } from './saved/append-file.js';
import { PipelineFolder } from './saved/folder.js';
import type { PublicationParts, PublishedFile } from './saved/publication.js';
import { asOption, assertWritable } from './saved/target.js';

const DEFAULT_MAX_ERRORS = 1_000;
const SAVED = 'saved.arrows';

/** All that an open pipeline works with. */
export interface PipelineParts extends PublicationParts {
  readonly pool: WorkerPool;
  readonly schema: RecordSchema | undefined;
  readonly transformations: readonly Step[];
  readonly target: PublishedFile | undefined;
  readonly ifExists: 'replace' | 'fail';
  /** The batches that were saved, where there is a target. */
  readonly saved: AppendFile | undefined;
  readonly deadLetters: DeadLetters | undefined;
  readonly maxErrors: number;
  readonly workers: number;
}

/**
 * Checks the options, and starts the workers.
 *
 * @throws StartError for settings; EtlError for options.
 */
export async function openParts(options: PipelineOptions): Promise<PipelineParts> {
  assertPipelineOptions(options);
  const { ifExists = 'replace', deadLetters, maxErrors = DEFAULT_MAX_ERRORS } = options;
  const target = askedTarget(options);
  const transformations = askedSteps(options);
  const settings = settingsOf(options);
  const { stateDir, workers } = settings;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  // A program may write wherever its user may; the data roots bound what requests can ask for.
  const roots = await DataRoots.open(['/'], stateDir);
  if (target !== undefined) {
    await asOption(target.path, () => roots.target(target.path, ifExists));
    await assertWritable('target', target.path);
  }
  if (deadLetters !== undefined) await assertWritable('deadLetters', deadLetters);
  const log = openLog(settings.logLevel, 2);
  const registry = await loadSchemas(settings);
  const schema = options.schema === undefined ? undefined : registry.get(options.schema);
  if (options.schema !== undefined && !schema) throw schemaNotFound(registry, options.schema);
  checkSteps(transformations, schema);
  const extensions = await loadExtensions(settings, log);
  const folder = await PipelineFolder.open(stateDir);
  const pool = await openWorkers(settings, registry, workers, log, { extensions });
  const { limits } = jobCapacity({ ...settings, workers: 1 });
  const capacity = { ...limits, threads: workers };
  try {
    const saved =
      target === undefined ? undefined : await AppendFile.create(join(folder.path, SAVED));
    const letters =
      deadLetters === undefined ? undefined : await DeadLetters.open(resolve(deadLetters), folder);
    const fixed = { schema, transformations, target, ifExists, maxErrors, workers };
    return { pool, roots, folder, capacity, log, saved, deadLetters: letters, ...fixed };
  } catch (error) {
    await pool.close();
    await folder.remove();
    throw error;
  }
}

function settingsOf({ settings = {}, workers }: PipelineOptions): Settings {
  const environment = { LOG_LEVEL: 'warn', ...process.env, ...settings };
  return readSettings(
    workers === undefined ? environment : { ...environment, ETL_WORKERS: String(workers) },
  );
}

/** What is published, and where; the format is that of the option, or of the extension. */
function askedTarget({ target, targetType }: PipelineOptions): PublishedFile | undefined {
  if (target === undefined) return undefined;
  const type = targetType ?? formatOf(target);
  if (type !== undefined) return { path: target, type };
  const known = EXTENSIONS.map((one) => `.${one}`).join(', ');
  throw misuse(`target: the extension of ${target} is none of ${known}; say targetType as well`);
}

/** The steps; what a job would refuse of the options is refused here. */
function askedSteps({ schema, transformations }: PipelineOptions): Step[] {
  const request = {
    source_type: 'parquet',
    source_path: '.',
    target_type: 'parquet',
    target_path: '.',
    ...(schema !== undefined && { schema_name: schema }),
    ...(transformations !== undefined && { transformations }),
  };
  const parsed = parseRequest(JobRequestSchema, request, JobRequestSource);
  const steps = stepsOf(parsed.transformations ?? []);
  if (steps.some(({ type }) => type === 'validate')) {
    throw misuse('transformations: a pipeline validates first; leave the step validate out');
  }
  return steps;
}
