import type { ErrorCode } from '../generated/errors.js';
import type { Transfer } from './reply.js';

/** Why a worker had to be replaced: `recycle` is planned; `start` means that it never took calls. */
export type RestartReason = 'crash' | 'hang' | 'recycle' | 'start';

/** A call that its caller has got an answer to, or an error. */
export interface CallEnd {
  readonly method: string;
  /** `ok`, or the code of the error that the caller got. */
  readonly outcome: 'ok' | ErrorCode;
  /** From the call to the answer, waiting and retries included. */
  readonly seconds: number;
  /** How the bodies crossed; undefined when the call brought no answer. */
  readonly transfer: Transfer | undefined;
}

/** A worker that has been replaced. */
export interface WorkerEnd {
  readonly reason: RestartReason;
}

/** Hears of what happens in a pool; the states that last are read from its `status()`. */
export interface BridgeMetrics {
  callEnded(call: CallEnd): void;
  workerEnded(worker: WorkerEnd): void;
}
