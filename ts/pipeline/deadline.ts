import { setMaxListeners } from 'node:events';
import { BridgeError } from '../bridge/errors.js';
import { CallSite } from '../bridge/stack.js';
import type { MethodOptions } from './options.js';

/** A timer cannot be longer: what takes more than 24 days has no limit. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How the calls of a method are ended early. */
export interface CallLimits {
  readonly signal: AbortSignal;
  /** That of the method, where its caller gave one. */
  readonly timeoutMs?: number;
}

/** How a call is ended that outlives the method that makes it. */
export function limitsOf({ signal, timeout }: MethodOptions): CallLimits {
  return {
    signal: signal ?? new AbortController().signal,
    ...(timeout !== undefined && { timeoutMs: timeout }),
  };
}

/**
 * Runs a method of the library under its caller's signal and deadline.
 *
 * @param run - is given what ends it.
 * @throws BridgeError `CANCELLED` when the caller's signal was aborted, whatever `run` then threw;
 *   `WORKER_TIMEOUT` when its time was over.
 */
export async function withinDeadline<T>(
  method: string,
  options: MethodOptions,
  run: (limits: CallLimits) => Promise<T>,
): Promise<T> {
  const { signal, timeout } = options;
  const limit = new AbortController();
  const abort = () => {
    limit.abort(new BridgeError('CANCELLED', { method }, { cause: signal?.reason }));
  };
  const expire = (ms: number) => {
    limit.abort(new BridgeError('WORKER_TIMEOUT', { method, seconds: ms / 1000 }));
  };
  if (signal?.aborted) abort();
  // Any number of calls may share a signal.
  if (signal) setMaxListeners(0, signal);
  signal?.addEventListener('abort', abort, { once: true });
  const isLimit = timeout !== undefined && timeout <= LONGEST_TIMER_MS;
  const timer = isLimit ? setTimeout(expire, timeout, timeout) : undefined;
  try {
    limit.signal.throwIfAborted();
    return await run(limitsOf({ ...options, signal: limit.signal }));
  } catch (error) {
    const thrown = limit.signal.aborted ? limit.signal.reason : error;
    if (thrown instanceof BridgeError) thrown.showCaller(new CallSite());
    throw thrown;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Rejects with the signal's reason. */
export function aborted(signal: AbortSignal): Promise<never> {
  const rejecting = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  rejecting.catch(() => undefined);
  return rejecting;
}
