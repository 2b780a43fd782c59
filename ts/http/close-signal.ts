import type { Response } from 'express';

/** A signal that is aborted when the caller goes away, or has gone, before it has its answer. */
export function closeSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.closed) abort();
  else response.once('close', abort);
  return controller.signal;
}
