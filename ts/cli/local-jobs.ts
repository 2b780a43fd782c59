import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataRoots } from '../jobs/paths.js';
import { hasEnded, type Job } from '../jobs/resource.js';
import { makeRunFolder, openRunStore, sweepRunFolders } from '../jobs/run-folder.js';
import { JobService } from '../jobs/service.js';
import { openLog } from '../observability/log.js';
import { readSettings } from '../settings.js';
import { jobCapacity, loadExtensions, loadSchemas, openJobWorkers } from '../workers.js';
import type { Jobs } from './jobs.js';

const STEP_MS = 250;

/** Everything that runs one job in this process: no server, and no folder that outlives it. */
export async function openLocalJobs(signal: AbortSignal): Promise<Jobs> {
  const settings = readSettings({ LOG_LEVEL: 'warn', ...process.env });
  const log = openLog(settings.logLevel, 2);
  await mkdir(settings.stateDir, { recursive: true, mode: 0o700 });
  await sweepRunFolders(settings.stateDir, log);
  const stateDir = await makeRunFolder(settings.stateDir);
  const undo = [() => rm(stateDir, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const store = openRunStore(stateDir);
    undo.push(async () => store.close());
    const roots = await DataRoots.open(settings.dataRoots, settings.stateDir);
    const registry = await loadSchemas(settings);
    const extensions = await loadExtensions(settings, log);
    const capacity = jobCapacity({ ...settings, workers: 1 });
    const pool = await openJobWorkers(settings, registry, capacity, log, { extensions });
    const service = new JobService({
      store,
      pool,
      roots,
      registry,
      stateDir,
      concurrency: capacity.concurrency,
      limits: { ...capacity.limits, threads: settings.workers },
      log,
    });
    undo.push(() => service.stop());
    service.start();
    await pool.ready(signal);
    return localJobs(service, join(settings.stateDir, 'rejects'), close);
  } catch (error) {
    await close();
    throw error;
  }
}

function localJobs(service: JobService, keptRejects: string, close: () => Promise<void>): Jobs {
  return {
    submit: async (request) => (await service.submit(request)).job,
    follow: (jobId, { signal }) => follow(service, jobId, signal),
    firstRejects: async ({ job_id }, limit) => {
      const { lines } = await service.rejects(job_id, 0, limit);
      const where = join(keptRejects, `${job_id}.ndjson`);
      await mkdir(keptRejects, { recursive: true });
      await copyFile(service.files(job_id).rejects, where);
      return { rejects: lines.map((line) => JSON.parse(line) as object), where };
    },
    report: (jobId) => service.report(jobId),
    close,
  };
}

async function* follow(service: JobService, jobId: string, signal: AbortSignal) {
  for (;;) {
    const job: Job = await service.wait(
      jobId,
      AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]),
    );
    signal.throwIfAborted();
    yield job;
    if (hasEnded(job)) return;
  }
}
