import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EtlError } from '../../errors.js';
import { cleanUp } from '../../jobs/clean-up.js';
import type { DataRoots } from '../../jobs/paths.js';
import { inodeOf, pruneVersions, publish } from '../../jobs/publish.js';
import type { Counts, Output } from '../../jobs/resource.js';
import type { Step } from '../../jobs/transformations.js';
import type { Log } from '../../observability/log.js';
import type { JobCapacity } from '../../workers.js';
import type { CallLimits } from '../deadline.js';
import type { FileFormat } from '../file-format.js';
import type { PythonCaller } from '../layers.js';
import type { PipelineFolder } from './folder.js';
import { asOption } from './target.js';

/** The version that is said to stand at a target: a pipeline knows of no jobs. */
const REPLACED_VERSION = 'original';
/** The engine speaks at least twice a second; a worker that is silent this long hangs. */
const SILENCE_MS = 300_000;
const STOP_MS = 1_500;

/** What is published: where, and in which format. */
export interface PublishedFile {
  readonly path: string;
  readonly type: FileFormat;
}

/** The saved batches, and where they are to be published. */
export interface Publication {
  /** The file that they lie in. */
  readonly saved: string;
  readonly schema: string;
  readonly transformations: readonly Step[];
  readonly target: PublishedFile;
  readonly ifExists: 'replace' | 'fail';
}

/** What publication works with. */
export interface PublicationParts {
  readonly pool: PythonCaller;
  readonly roots: DataRoots;
  readonly folder: PipelineFolder;
  readonly capacity: JobCapacity['limits'];
  readonly log: Log;
}

/** What the engine made of the saved batches. */
export interface EngineResult {
  readonly counts: Counts;
  readonly output: Pick<Output, 'rows' | 'bytes' | 'sha256'>;
}

/**
 * Has the engine of the jobs take the saved rows through the rest of the steps, and puts its
 * output in the target's place in one step.
 *
 * @param check - is given the result before anything of it can be seen.
 * @throws BridgeError as the job that would do the same fails; EtlError `TARGET_EXISTS`. Nothing
 *   is published then, and the saved batches are as they were.
 */
export async function publishSaved(
  parts: PublicationParts,
  publication: Publication,
  limits: CallLimits,
  check: (result: EngineResult) => Promise<void>,
): Promise<EngineResult> {
  const { roots, folder, log } = parts;
  const {
    target: { path },
    ifExists,
  } = publication;
  const target = await asOption(path, () => roots.targetInFolder(path, ifExists));
  const version = `pipeline_${randomUUID()}`;
  const staged = stagedBeside(target, version);
  await folder.adopt(staged);
  const result = await runJob(parts, publication, { staged, version }, limits);
  await check(result);
  limits.signal.throwIfAborted();
  const inode = await inodeOf(staged);
  const intent = { staged, target, version, replaces: REPLACED_VERSION, ifExists };
  if (inode === undefined || !(await publish({ ...intent, inode }))) {
    throw new EtlError('JOB_FAILED', { reason: `its staged output ${staged} is gone` });
  }
  await cleanUp(log, [pruneVersions({ ...intent, inode })]);
  return result;
}

/** Puts a copy of a file of ours in a place of its user's, whole or not at all. */
export async function putInPlace(
  file: string,
  path: string,
  folder: PipelineFolder,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const staged = stagedBeside(path, randomUUID());
  await folder.adopt(staged);
  // A copy by copyFile would have the mode of ours, which only we may read.
  await pipeline(createReadStream(file), createWriteStream(staged, { flush: true }));
  await rename(staged, path);
}

function stagedBeside(target: string, name: string): string {
  return join(dirname(target), `.${basename(target)}.${name}.staged`);
}

async function runJob(
  { pool, folder, capacity }: PublicationParts,
  { saved, schema, transformations, target }: Publication,
  { staged, version }: { staged: string; version: string },
  limits: CallLimits,
): Promise<EngineResult> {
  const spec = {
    job_id: version,
    source_type: 'saved',
    source_path: saved,
    source_name: 'the saved batches',
    target_type: target.type,
    target_name: target.path,
    staged_path: staged,
    schema_name: schema,
    transformations,
    validation_mode: 'lenient',
    rejects_path: join(folder.path, 'engine-rejects.ndjson'),
    spill_dir: join(folder.path, 'spill'),
    threads: capacity.threads,
    memory_limit: capacity.memory,
  };
  const options = { ...limits, silenceMs: SILENCE_MS, stopWithinMs: STOP_MS };
  const { value } = await pool.call<EngineResult>('run_job', spec, options);
  return value;
}
