import { EtlError } from '../errors.js';
import type { Log } from '../observability/log.js';
import { discardAttempt, type JobResult } from './attempt.js';
import { cleanUp } from './clean-up.js';
import { faultPoint } from './fault-point.js';
import { inodeOf, isInPlace, type PublishIntent, pruneVersions, publish } from './publish.js';
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
  faultPoint('publication.planned');
  return planned;
}

/**
 * Second phase: the file goes in place, what is of no more use goes away, and then the job is
 * `succeeded`; nothing can fail it after that.
 *
 * @returns false when the staged file is gone, so that the attempt must be made again.
 */
export async function carryOut(
  { store, log }: { store: JobStore; log: Log },
  record: JobRecord,
  files: AttemptFiles,
): Promise<boolean> {
  const { intent, job } = record;
  if (intent === null || !(await publish(intent))) return false;
  await cleanUp(log, [pruneVersions(intent), discardAttempt(files, log)]);
  faultPoint('publication.cleaned');
  store.succeed({ ...record, intent: null, job: succeeded(job) }, intent.version);
  faultPoint('publication.stored');
  return true;
}

/** Whether the output stands at the target, so that the job can become nothing but `succeeded`. */
export async function isPublished({ intent }: JobRecord): Promise<boolean> {
  return intent !== null && (await isInPlace(intent));
}

function stagedIsGone({ staged }: AttemptFiles): EtlError {
  return new EtlError('JOB_FAILED', { reason: `its staged output ${staged} is gone` });
}
