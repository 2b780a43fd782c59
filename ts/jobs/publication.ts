import { EtlError } from '../errors.js';
import type { JobResult } from './attempt.js';
import { inodeOf, type PublishIntent, pruneVersions, publish } from './publish.js';
import type { AttemptFiles, JobRecord } from './record.js';
import { succeeded } from './resource.js';
import type { JobStore } from './store.js';

/** The version that is said to stand at a target which no job of this store has put there. */
const FOREIGN_VERSION = 'original';

/**
 * First phase: the store says, synced, what is going to stand at the target.
 *
 * @returns the record with its intent, as it was stored.
 */
export async function planPublication(
  store: JobStore,
  record: JobRecord,
  files: AttemptFiles,
  result: JobResult,
): Promise<JobRecord> {
  const { job, target } = record;
  const inode = await inodeOf(files.staged);
  if (inode === undefined || result.output === null) throw stagedIsGone(files);
  const version = `${job.job_id}.${job.attempt}`;
  const intent: PublishIntent = {
    staged: files.staged,
    target,
    inode,
    version,
    replaces: store.publishedVersion(target) ?? FOREIGN_VERSION,
    ifExists: job.request.if_exists,
  };
  const { counts, bridge, output } = result;
  const planned: JobRecord = {
    ...record,
    intent,
    job: {
      ...job,
      stage: 'publish',
      counts,
      bridge,
      output: { path: job.request.target_path, version, ...output },
    },
  };
  store.update(planned);
  return planned;
}

/**
 * Second phase: the file goes in place, then the job is `succeeded`.
 *
 * @returns false when the staged file is gone, so that the attempt must be made again.
 */
export async function carryOut(store: JobStore, record: JobRecord): Promise<boolean> {
  const { intent, job } = record;
  if (intent === null || !(await publish(intent))) return false;
  store.update({ ...record, intent: null, job: succeeded(job) });
  await pruneVersions(intent);
  return true;
}

function stagedIsGone({ staged }: AttemptFiles): EtlError {
  return new EtlError('JOB_FAILED', { reason: `its staged output ${staged} is gone` });
}
