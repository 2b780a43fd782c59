import type { Response } from 'express';

/** A signal that is aborted when the caller goes away before it has its answer. */
export function closeSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
