import type { Body } from './body.js';
import { BridgeError } from './errors.js';
import type { Reply } from './reply.js';

const DEFAULT_TIMEOUT_MS = 120_000;
/** Timers count no further; a longer limit is none. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long a call may go on in Python after its time is over. */
const OVERTIME_MS = 2000;

export interface CallOptions {
  /**
   * Must not be changed before the call settles, nor before a reply is released that refers to it:
   * a large one may wait for the pipe uncopied.
   */
  body?: Body | undefined;
  /**
   * Whether an answer refers to the body that was sent: then that is the reply's `request`, and
   * stays until the reply is released. By default none does.
   */
  refersToBody?: ((value: unknown) => boolean) | undefined;
  /** Cancels the call: Python is told, the promise rejects with CANCELLED. */
  signal?: AbortSignal | undefined;
  /**
   * How long the whole call may take, from being made to its answer, waiting included: 120 s, or
   * without limit when `silenceMs` is given. Then the promise rejects with WORKER_TIMEOUT and
   * Python is told; if it goes on for 2 s all the same, its worker is stopped and replaced.
   */
  timeoutMs?: number | undefined;
  /**
   * How long the worker may be silent on this call (no event, no chunk, no answer) while it does
   * not wait for its caller. Then the worker is stopped and replaced, and the promise rejects with
   * WORKER_TIMEOUT once it is gone.
   */
  silenceMs?: number | undefined;
  /**
   * Makes an end before the answer certain, be it by the signal, the timeout or an event handler
   * that throws: the promise rejects only when the call has stopped, and after this time its worker
   * is stopped for it. Without it the promise rejects at once, and Python may work on until it
   * looks at `call.cancelled`.
   */
  stopWithinMs?: number | undefined;
  /** Sends both bodies through the pipe, whatever their size. */
  inline?: boolean | undefined;
  /** Receives the call's events; one that it throws on cancels the call with that error. */
  onEvent?: ((event: Record<string, unknown>) => void) | undefined;
  /** The trace that the call belongs to (W3C Trace Context); Python finds it in `call.traceparent`. */
  traceparent?: string | undefined;
  /**
   * Whether the call may run again when its worker is lost. By default what Python declared of the
   * method: `@method(name, retry=True)`.
   */
  retry?: boolean | undefined;
}

/** When a call's time is over, by `performance.now()`, and how long it was. */
export interface Deadline {
  readonly at: number;
  readonly timeoutMs: number;
}

/** The deadline of a call that is made now. */
export function deadlineOf({ timeoutMs, silenceMs }: CallOptions): Deadline | undefined {
  const limit = timeoutMs ?? (silenceMs === undefined ? DEFAULT_TIMEOUT_MS : undefined);
  return isLimit(limit) ? { at: performance.now() + limit, timeoutMs: limit } : undefined;
}

function isLimit(ms: number | undefined): ms is number {
  return ms !== undefined && ms <= MAX_TIMER_MS;
}

/** What a call asks of the worker that runs it. */
export interface CallHooks {
  /** Tell Python to stop this call. */
  cancel(): void;
  /** Stop the whole worker: the call does not end by itself. */
  stopWorker(reason: string): void;
  /** Whether the worker may be able to do nothing before the caller sends or takes a chunk. */
  waitsForCaller(): boolean;
}

/** A call that its worker has not answered yet, with its limits of time and its cancellation. */
export class PendingCall {
  /** What errors call it. */
  readonly method: string;
  readonly promise: Promise<Reply<unknown>>;
  readonly #options: CallOptions;
  readonly #hooks: CallHooks;
  #resolve!: (reply: Reply<unknown>) => void;
  #reject!: (error: unknown) => void;
  #timeout: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  /** What the caller gets, whatever the worker still answers. */
  #verdict: unknown;

  constructor(
    method: string,
    options: CallOptions,
    deadline: Deadline | undefined,
    hooks: CallHooks,
  ) {
    this.method = method;
    this.#options = options;
    this.#hooks = hooks;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (deadline !== undefined) {
      const { at, timeoutMs } = deadline;
      this.#timeout = setTimeout(() => this.#expire(timeoutMs), at - performance.now());
    }
    const { silenceMs, signal } = options;
    if (isLimit(silenceMs)) {
      this.#silence = setTimeout(() => this.#checkSilence(silenceMs), silenceMs);
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Whether the caller waits no more: what still comes of the call is to be thrown away. */
  get abandoned(): boolean {
    return this.#verdict !== undefined;
  }

  /** Something of the call has crossed, either way. */
  progressed(): void {
    // One that nobody waits for gains no time by going on.
    if (!this.abandoned) this.#silence?.refresh();
  }

  event(event: Record<string, unknown>): void {
    this.progressed();
    if (this.abandoned) return;
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#endWith(error, this.#options.stopWithinMs);
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

  /** Ends the call for its caller: what has come of it cannot be used. */
  interrupt(error: BridgeError): void {
    this.#endWith(error, this.#options.stopWithinMs);
  }

  readonly #abort = (): void => {
    const { method } = this;
    const { signal, stopWithinMs } = this.#options;
    const error = new BridgeError('CANCELLED', { method }, { cause: signal?.reason });
    this.#endWith(error, stopWithinMs);
  };

  /** Settles what the caller gets, tells Python, and gives it so long to stop. */
  #endWith(error: unknown, graceMs: number | undefined): void {
    if (this.#verdict === undefined) {
      this.#verdict = error;
      this.#hooks.cancel();
      if (this.#options.stopWithinMs === undefined) this.#reject(error);
    }
    if (!isLimit(graceMs)) return;
    this.#grace ??= setTimeout(
      () => this.#hooks.stopWorker(`${this.method} did not stop when it was cancelled`),
      graceMs,
    );
  }

  #expire(timeoutMs: number): void {
    this.#endWith(this.#timeoutError(timeoutMs), this.#options.stopWithinMs ?? OVERTIME_MS);
  }

  #checkSilence(silenceMs: number): void {
    if (!this.abandoned && this.#hooks.waitsForCaller()) {
      this.#silence?.refresh();
      return;
    }
    this.#verdict ??= this.#timeoutError(silenceMs);
    this.#hooks.stopWorker(`${this.method} was silent for ${silenceMs / 1000} s`);
  }

  #timeoutError(limitMs: number): BridgeError {
    return new BridgeError('WORKER_TIMEOUT', { method: this.method, seconds: limitMs / 1000 });
  }

  #finish(): void {
    clearTimeout(this.#timeout);
    clearTimeout(this.#silence);
    clearTimeout(this.#grace);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }
}
