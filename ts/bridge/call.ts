import { BridgeError } from './errors.js';
import type { Reply } from './reply.js';

export interface CallOptions {
  /** Must not be changed before the call settles: a large one may wait for the pipe uncopied. */
  body?: Uint8Array | undefined;
  /** Cancels the call: Python is told, the promise rejects with CANCELLED. */
  signal?: AbortSignal | undefined;
  /**
   * How long the worker may be silent on this call (no event, no answer). Then the worker is
   * stopped and replaced, and the promise rejects with WORKER_TIMEOUT once it is gone.
   */
  timeoutMs?: number | undefined;
  /**
   * Makes a cancellation certain, be it by the signal or by an event handler that throws: the
   * promise rejects only when the call has stopped, and after this time its worker is stopped for
   * it. Without it the promise rejects at once, and Python may work on until it looks at
   * `call.cancelled`.
   */
  stopWithinMs?: number | undefined;
  /** Sends both bodies through the pipe, whatever their size. */
  inline?: boolean | undefined;
  /** Receives the call's events; one that it throws on cancels the call with that error. */
  onEvent?: ((event: Record<string, unknown>) => void) | undefined;
}

/** What a call asks of the worker that runs it. */
export interface CallHooks {
  /** Tell Python to stop this call. */
  cancel(): void;
  /** Stop the whole worker: the call does not end by itself. */
  stopWorker(reason: string): void;
}

/** A call that its worker has not answered yet, with its deadline and its cancellation. */
export class PendingCall {
  readonly method: string;
  readonly promise: Promise<Reply<unknown>>;
  readonly #options: CallOptions;
  readonly #hooks: CallHooks;
  #resolve!: (reply: Reply<unknown>) => void;
  #reject!: (error: unknown) => void;
  #silence: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  /** What the caller gets, whatever the worker still answers. */
  #verdict: unknown;

  constructor(method: string, options: CallOptions, hooks: CallHooks) {
    this.method = method;
    this.#options = options;
    this.#hooks = hooks;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { timeoutMs, signal } = options;
    if (timeoutMs !== undefined) {
      this.#silence = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  event(event: Record<string, unknown>): void {
    this.#silence?.refresh();
    if (this.#verdict !== undefined) return;
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#cancelWith(error);
    }
  }

  /** The worker has answered. */
  succeed(reply: Reply<unknown>): void {
    this.#finish();
    if (this.#verdict === undefined) {
      this.#resolve(reply);
    } else {
      reply.release();
      this.#reject(this.#verdict);
    }
  }

  /** The worker has failed the call, or is gone. */
  fail(error: BridgeError): void {
    this.#finish();
    this.#reject(this.#verdict ?? error);
  }

  readonly #abort = (): void => {
    const { method } = this;
    const { signal } = this.#options;
    this.#cancelWith(new BridgeError('CANCELLED', { method }, { cause: signal?.reason }));
  };

  #cancelWith(error: unknown): void {
    if (this.#verdict !== undefined) return;
    this.#verdict = error;
    this.#hooks.cancel();
    const { stopWithinMs } = this.#options;
    if (stopWithinMs === undefined) {
      this.#reject(error);
    } else {
      this.#grace = setTimeout(
        () => this.#hooks.stopWorker(`${this.method} did not stop when it was cancelled`),
        stopWithinMs,
      );
    }
  }

  #expire(timeoutMs: number): void {
    this.#verdict ??= new BridgeError('WORKER_TIMEOUT', {
      method: this.method,
      seconds: timeoutMs / 1000,
    });
    this.#hooks.stopWorker(`${this.method} was silent for ${timeoutMs / 1000} s`);
  }

  #finish(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#grace);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }
}
