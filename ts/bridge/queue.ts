import { BridgeError } from './errors.js';
import { type Linked, LinkedList } from './linked-list.js';

const ADVICE = 'Try again later, make fewer calls at a time, or run more workers.';

export interface QueueLimits {
  /** How many calls may wait. */
  maxQueued: number;
  /** How long one may wait while workers are up. */
  queueMs: number;
}

/** Where the places come from that calls wait for. */
export interface PlaceSource<Place> {
  /** Takes a place, if there is one; for a suspect one that it shares with no other suspect. */
  take(suspect: boolean): Place | undefined;
  /** Whether any worker is up: to wait for the first one's start is no overload. */
  readonly isUp: boolean;
  /** Why there is nothing to wait for; a new error each time, for each shows its own caller. */
  readonly refusal: BridgeError | undefined;
}

export interface WaitOptions {
  /** What errors call the call. */
  method: string;
  signal?: AbortSignal | undefined;
  /** When the call's own time is over, by `performance.now()`, and how long it was. */
  deadline?: { at: number; timeoutMs: number } | undefined;
  /** The call was under way in a worker that was lost, so it may be what ended it. */
  suspect?: boolean | undefined;
  /** Waits without the queue's limits. */
  unbounded?: boolean | undefined;
}

/**
 * The calls that wait for a place in a worker: first come, first served, bounded in number and in
 * time. Calls that have lost a worker come before the others, for they have waited already.
 */
export class CallQueue<Place> {
  readonly #limits: QueueLimits;
  readonly #source: PlaceSource<Place>;
  readonly #suspects = new LinkedList<Waiting<Place>>();
  readonly #calls = new LinkedList<Waiting<Place>>();

  constructor(limits: QueueLimits, source: PlaceSource<Place>) {
    this.#limits = limits;
    this.#source = source;
  }

  /** How many calls wait. */
  get length(): number {
    return this.#suspects.size + this.#calls.size;
  }

  /**
   * A place for a call: now, or when its turn has come.
   *
   * @throws BridgeError OVERLOADED when too many calls wait or this one has waited too long,
   *   WORKER_TIMEOUT when its own time is over, CANCELLED by its signal; else the `refusal` of where
   *   the places come from.
   */
  place(options: WaitOptions): Place | Promise<Place> {
    const { method, signal, suspect = false, unbounded = false } = options;
    if (signal?.aborted) throw cancelled(method, signal);
    const { refusal } = this.#source;
    if (refusal !== undefined) throw refusal;
    const queue = suspect ? this.#suspects : this.#calls;
    const place = queue.size === 0 ? this.#source.take(suspect) : undefined;
    if (place !== undefined) return place;
    if (!suspect && !unbounded && queue.size >= this.#limits.maxQueued) {
      const size = queue.size.toLocaleString('en-US');
      const waiting = `${size} calls wait for a Python worker of this pool, as many as may`;
      const reason = `${method} was not taken: ${waiting}. ${ADVICE}`;
      throw new BridgeError('OVERLOADED', { reason });
    }
    const waiting = new Waiting(queue, options, this.#limits.queueMs, () => this.#source.isUp);
    return waiting.promise;
  }

  /** Gives free places to those whose turn it is, or sends everyone away: places came or went. */
  serve(): void {
    this.#serve(this.#suspects, true);
    this.#serve(this.#calls, false);
  }

  #serve(queue: LinkedList<Waiting<Place>>, suspect: boolean): void {
    for (let next = queue.first; next !== undefined; next = queue.first) {
      const { refusal } = this.#source;
      const place = refusal === undefined ? this.#source.take(suspect) : undefined;
      if (place !== undefined) next.grant(place);
      else if (refusal !== undefined) next.refuse(refusal);
      else return;
    }
  }
}

/** One call that waits, with its limit of time and its cancellation. */
class Waiting<Place> implements Linked<Waiting<Place>> {
  previous: Waiting<Place> | undefined;
  next: Waiting<Place> | undefined;
  readonly promise: Promise<Place>;
  readonly #queue: LinkedList<Waiting<Place>>;
  readonly #options: WaitOptions;
  readonly #queueMs: number;
  readonly #isUp: () => boolean;
  #resolve!: (place: Place) => void;
  #reject!: (error: BridgeError) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    queue: LinkedList<Waiting<Place>>,
    options: WaitOptions,
    queueMs: number,
    isUp: () => boolean,
  ) {
    this.#queue = queue;
    this.#options = options;
    this.#queueMs = options.unbounded ? Number.POSITIVE_INFINITY : queueMs;
    this.#isUp = isUp;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    queue.add(this);
    options.signal?.addEventListener('abort', this.#abort, { once: true });
    this.#startTimer();
  }

  grant(place: Place): void {
    this.#leave();
    this.#resolve(place);
  }

  refuse(error: BridgeError): void {
    this.#leave();
    this.#reject(error);
  }

  #startTimer(): void {
    const { deadline } = this.#options;
    const left =
      deadline === undefined ? Number.POSITIVE_INFINITY : deadline.at - performance.now();
    if (left <= this.#queueMs && deadline !== undefined) {
      this.#timer = setTimeout(() => this.#timeOut(deadline.timeoutMs), left);
    } else if (Number.isFinite(this.#queueMs)) {
      this.#timer = setTimeout(this.#giveUp, this.#queueMs);
    }
  }

  #timeOut(timeoutMs: number): void {
    const { method } = this.#options;
    this.refuse(new BridgeError('WORKER_TIMEOUT', { method, seconds: timeoutMs / 1000 }));
  }

  readonly #giveUp = (): void => {
    if (!this.#isUp()) {
      this.#startTimer();
      return;
    }
    const waited = `${this.#options.method} waited ${this.#queueMs / 1000} s for a free Python worker of this pool`;
    this.refuse(new BridgeError('OVERLOADED', { reason: `${waited}. ${ADVICE}` }));
  };

  readonly #abort = (): void => {
    const { method, signal } = this.#options;
    this.refuse(cancelled(method, signal));
  };

  #leave(): void {
    this.#queue.remove(this);
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }
}

function cancelled(method: string, signal: AbortSignal | undefined): BridgeError {
  return new BridgeError('CANCELLED', { method }, { cause: signal?.reason });
}
