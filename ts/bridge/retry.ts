import type { CallOptions } from './call.js';
import { BridgeError } from './errors.js';
import { BodyCorruptError } from './slot.js';

/** A call that is lost with so many workers is not given another. */
const MOST_LOSSES = 2;

/** What a call has been through, and whether it is sent again when its answer does not come. */
export class Attempts {
  /** It was under way in a worker that was lost, so it may be what ended it. */
  isSuspect = false;
  /** Its body was damaged in shared memory: it goes through the pipe now. */
  inline = false;
  readonly #method: string;
  readonly #options: CallOptions;
  #losses = 0;

  constructor(method: string, options: CallOptions) {
    this.#method = method;
    this.#options = options;
  }

  /**
   * Takes note of what an attempt threw.
   *
   * @param isSafe - Whether Python says that the method may run again.
   * @throws unknown What the caller is to get, when the call is not to be sent again.
   */
  failed(error: unknown, isSafe: boolean): void {
    const mayRunAgain = (this.#options.retry ?? isSafe) && this.#options.signal?.aborted !== true;
    if (!(error instanceof BridgeError)) throw error;
    if (error.code === 'WORKER_CRASHED') {
      this.#losses += 1;
      if (!mayRunAgain) throw error;
      if (this.#losses === MOST_LOSSES) throw this.#quarantined(error);
      this.isSuspect = true;
    } else if (error.code === 'BODY_CORRUPT') {
      const isReply = error.cause instanceof BodyCorruptError;
      if (this.inline || (isReply && !mayRunAgain)) throw error;
      this.inline = true;
    } else {
      throw error;
    }
  }

  #quarantined(last: BridgeError): BridgeError {
    const { pid, reason } = last.params;
    return new BridgeError('WORKER_CRASHED', last.params, {
      message:
        `${MOST_LOSSES} Python workers in a row died during ${this.#method}, the last (pid ${pid}) ` +
        `with ${reason}: the call itself is the likely cause, and it is not tried again.`,
      cause: last,
    });
  }
}
