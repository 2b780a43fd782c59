import type { Log } from '../observability/log.js';

/** Waits for removals of what is of no more use; one that fails is logged, and harms no job. */
export async function cleanUp(log: Log, removals: readonly Promise<unknown>[]): Promise<void> {
  for (const removal of await Promise.allSettled(removals)) {
    if (removal.status === 'fulfilled') continue;
    log.warn(
      { event: 'job.leftover', error: removal.reason },
      'something that is of no more use cannot be removed',
    );
  }
}
