import { statfs } from 'node:fs/promises';
import { memoryOfMachine, type Settings } from '../../settings.js';
import { type Finding, fail, ok, size, warn } from './finding.js';

/** A server has a connection of each client, and a few pipes and arenas of each worker. */
const ENOUGH_OPEN_FILES = 1_024;
const FILES_OF_A_WORKER = 16;

/** Whether the memory that the server may take is there, also within a container. */
export function checkMemory(
  { memoryLimit }: Pick<Settings, 'memoryLimit'>,
  available = memoryOfMachine(),
): Finding {
  const check = 'ETL_MEMORY_LIMIT';
  const detail = `${size(memoryLimit)} of the ${size(available)} of this machine or container`;
  if (memoryLimit > available) {
    const advice = `set it to ${size(available / 2).replace(' ', '')} or less, or raise the container's limit`;
    return fail(check, detail, advice);
  }
  if (memoryLimit <= available * 0.9) return ok(check, detail);
  return warn(check, detail, 'leave some for everything else, at least a tenth');
}

/** Whether there are enough descriptors for workers and connections. */
export function checkOpenFiles({ workers }: Pick<Settings, 'workers'>, limit?: number): Finding {
  const check = 'open files';
  const most = limit ?? openFilesLimit();
  const needed = ENOUGH_OPEN_FILES + workers * FILES_OF_A_WORKER;
  if (most >= needed) return ok(check, most === Infinity ? 'unlimited' : `up to ${most}`);
  const advice = `ulimit -n ${needed} before the start, or LimitNOFILE=${needed} in its unit`;
  return warn(check, `up to ${most}, few for ${workers} workers and many clients`, advice);
}

/** Notes the size of /dev/shm, of which some say that shared memory needs it. */
export async function checkDevShm(): Promise<Finding[]> {
  if (process.platform !== 'linux') return [];
  const told = await statfs('/dev/shm').then(
    ({ blocks, bsize }) => size(blocks * bsize),
    () => 'is not there',
  );
  return [ok('/dev/shm', `${told}; not needed, as arenas are anonymous memory (memfd)`)];
}

function openFilesLimit(): number {
  const report = process.report.getReport() as {
    userLimits: { open_files: { soft: number | 'unlimited' } };
  };
  const { soft } = report.userLimits.open_files;
  return soft === 'unlimited' ? Infinity : soft;
}
