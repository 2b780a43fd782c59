import { setMaxListeners } from 'node:events';
import { BridgeError } from '../../bridge/errors.js';
import { CallSite } from '../../bridge/stack.js';
import type { MethodOptions } from '../options.js';
import { ordered, type Source } from './ordered.js';

/**
 * Gives what becomes of the chunks of a source, in their order; the memory of each is released when
 * the next one is asked for.
 *
 * @param ahead - how many chunks are worked on before their turn.
 * @param transform - works on one chunk.
 * @throws BridgeError `CANCELLED` when the signal is aborted; what the source or `transform` throws.
 */
export async function* streamed<In, Out extends { release(): void }>(
  source: Source<In>,
  ahead: number,
  transform: (chunk: In, options: MethodOptions) => Promise<Out>,
  { signal, timeout }: MethodOptions,
): AsyncGenerator<Out, void> {
  const leave = new AbortController();
  const abort = () => {
    leave.abort(new BridgeError('CANCELLED', { method: 'stream' }, { cause: signal?.reason }));
  };
  if (signal?.aborted) abort();
  if (signal) setMaxListeners(0, signal);
  signal?.addEventListener('abort', abort, { once: true });
  const work = {
    most: ahead + 1,
    run: (chunk: In, left: AbortSignal) => {
      return transform(chunk, { signal: left, ...(timeout !== undefined && { timeout }) });
    },
    discard: (batch: Out) => batch.release(),
  };
  try {
    for await (const batch of ordered(source, work, leave)) {
      try {
        yield batch;
      } finally {
        batch.release();
      }
    }
  } catch (error) {
    if (error instanceof BridgeError) error.showCaller(new CallSite());
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
