import type { Response } from 'express';

/**
 * A signal that is aborted when a long poll is to be answered, or need not be: after `ms`, when
 * the caller goes away, or when the server stops.
 *
 * `AbortSignal.any` would do the same, but in Node 20 a signal as long-lived as `stopping` keeps
 * something of every one that was made from it.
 */
export function waitSignal(response: Response, ms: number, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const end = () => {
    clearTimeout(timer);
    stopping.removeEventListener('abort', end);
    response.off('close', end);
    controller.abort();
  };
  const timer = setTimeout(end, ms);
  stopping.addEventListener('abort', end);
  response.once('close', end);
  if (stopping.aborted) end();
  return controller.signal;
}
