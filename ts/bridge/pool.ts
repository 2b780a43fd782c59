import { type Body, capacityOf } from './body.js';
import { type CallOptions, deadlineOf } from './call.js';
import { callName } from './call-name.js';
import { checkOptions } from './check-options.js';
import { type Credit, MemoryCredits } from './credits.js';
import { BridgeError } from './errors.js';
import { Fleet } from './fleet.js';
import { Launcher } from './launch.js';
import type { Member } from './member.js';
import type { CallEnd } from './metrics.js';
import { type PoolOptions, type PoolStatus, withDefaults } from './options.js';
import { CallQueue, type WaitOptions } from './queue.js';
import type { Reply, Transfer } from './reply.js';
import { Attempts } from './retry.js';
import { CallSite } from './stack.js';
import { CallStream, type ReceivedChunks, type StreamOptions } from './stream.js';
import type { Worker } from './worker.js';

export type { PoolOptions, PoolStatus } from './options.js';

/**
 * Long-lived Python workers that answer calls by name.
 *
 * A call waits for its turn, for a place in a worker and for memory for its body, each within
 * limits. It goes to the worker with the fewest under way. A worker that ends is replaced at once,
 * by a warm spare where there is one; its calls are made again when that is safe, else their
 * callers are told. When workers cannot start, or crash in a row, the pool refuses calls with the
 * reason, and tries again at growing intervals.
 */
export class WorkerPool {
  readonly #options: ReturnType<typeof withDefaults>;
  readonly #credits: MemoryCredits;
  readonly #launcher: Launcher;
  readonly #fleet: Fleet;
  readonly #queue: CallQueue<Member>;

  private constructor(
    options: ReturnType<typeof withDefaults>,
    launcher: Launcher,
    credits: MemoryCredits,
  ) {
    this.#options = options;
    this.#credits = credits;
    this.#launcher = launcher;
    this.#fleet = new Fleet({
      ...options,
      start: (hooks) => launcher.start(hooks),
      onChange: () => this.#queue.serve(),
    });
    this.#queue = new CallQueue(options, this.#fleet);
  }

  /** Starts the workers; `ready()` waits for them. */
  static async open(given: PoolOptions): Promise<WorkerPool> {
    const options = withDefaults(given);
    const half = Math.floor(options.memoryLimit / 2);
    const replyArenaBytes = Math.floor(half / (options.workers + options.spares));
    const credits = new MemoryCredits(half);
    const launch = { ...options, replyArenaBytes, creditWaitMs: options.queueMs };
    const pool = new WorkerPool(options, await Launcher.open(launch, credits), credits);
    pool.#fleet.open();
    return pool;
  }

  /**
   * Waits until a worker has shaken hands and has room for a call.
   *
   * @throws BridgeError NOT_READY when workers fail to start or crash several times in a row, with
   *   the reason and what they printed; PROTOCOL_MISMATCH when they speak another protocol or have
   *   other schemas; CANCELLED when `signal` is aborted.
   */
  async ready(signal?: AbortSignal): Promise<void> {
    const member = await this.#queue.place({ method: 'ready', signal, unbounded: true });
    member.release();
    this.#queue.serve();
  }

  /**
   * Runs a method in Python.
   *
   * @param method - The name it is registered by.
   * @param params - Its parameters; they cross as JSON.
   * @returns The reply. Call `release()` on it when its body has been read.
   * @throws BridgeError INVALID_REQUEST when options or params are of a kind that cannot be sent;
   *   OVERLOADED when too many calls wait, or this one has too long; WORKER_CRASHED
   *   when the worker dies and the call is not safe to make again, or two have died of it;
   *   WORKER_TIMEOUT when it takes too long, CANCELLED by the signal, WORKER_FAILED (or a code of
   *   its own) when Python raises, PAYLOAD_TOO_LARGE when params or body do not fit; else as
   *   `ready()`.
   */
  call<T>(method: string, params: object, options: CallOptions = {}): Promise<Reply<T>> {
    const name = callName(method, params);
    const attempts = new Attempts(name, options);
    return this.#measured(method, async () => {
      checkOptions(name, options);
      const deadline = deadlineOf(options);
      for (;;) {
        const { isSuspect: suspect, inline } = attempts;
        const { worker, reply } = await this.#send(
          { method: name, signal: options.signal, deadline, suspect },
          options.body,
          (to, credit) => {
            const sent = inline ? { ...options, inline } : options;
            return to.call(method, params, sent, deadline, credit);
          },
        );
        try {
          return (await reply) as Reply<T>;
        } catch (error) {
          attempts.failed(error, worker.retrySafe(method, params));
        }
      }
    });
  }

  /**
   * Runs a method in Python that takes chunks, gives chunks, or both.
   *
   * It stays with one worker and is never made again. Leaving the `for await` cancels it.
   *
   * @param method - The name it is registered by.
   * @param params - Its parameters; they cross as JSON.
   * @param options - `input` gives the chunks for Python; they are sent as Python takes them.
   * @returns The chunks that Python gives, and the `result` that it returns; both throw as `call()`.
   * @throws BridgeError INVALID_REQUEST at once, when an option is of a wrong kind.
   */
  stream<T>(method: string, params: object, options: StreamOptions = {}): CallStream<T> {
    const name = callName(method, params);
    checkOptions(name, options);
    const begin = (chunks: ReceivedChunks, streamed: StreamOptions): Promise<Reply<unknown>> =>
      this.#measured(method, async () => {
        const deadline = deadlineOf(streamed);
        const { reply } = await this.#send(
          { method: name, signal: streamed.signal, deadline },
          streamed.body,
          (to, credit) => to.stream(method, params, streamed, chunks, deadline, credit),
        );
        return reply;
      });
    return new CallStream<T>(options, begin);
  }

  status(): PoolStatus {
    const { limit, used, allocated } = this.#credits.status();
    const { ready, sharedMemory, ...fleet } = this.#fleet.status();
    const { refused } = this.#launcher;
    return {
      workers: this.#options.workers,
      ready,
      ...fleet,
      queued: this.#queue.length,
      sharedMemory,
      inlineReason: sharedMemory ? refused.lastReason : this.#launcher.inlineReason,
      inlineBodies: refused.bodies,
      memory: { limit, used, allocated },
      reason: ready > 0 ? null : (this.#fleet.refusal?.message ?? 'starting'),
    };
  }

  /** Stops every worker and waits until their processes are gone. Calls under way are rejected. */
  close(): Promise<void> {
    return this.#fleet.close(
      new BridgeError('NOT_READY', { reason: 'The pool of workers was closed.' }),
    );
  }

  /**
   * Gives a call to a worker that has room for it, once there is memory for its body.
   *
   * @returns Who got it, and the answer to wait for.
   */
  async #send(
    wait: WaitOptions,
    body: Body | undefined,
    send: (worker: Worker, credit: Credit | undefined) => Promise<Reply<unknown>>,
  ): Promise<{ worker: Worker; reply: Promise<Reply<unknown>> }> {
    const giveUpAt = performance.now() + this.#options.queueMs;
    for (;;) {
      const member = await this.#queue.place(wait);
      const leave = (): void => {
        if (wait.suspect) member.acquit();
        this.#queue.serve();
      };
      let credit: Credit | undefined;
      try {
        credit = body && (await this.#reserve(body, wait, giveUpAt));
      } catch (error) {
        member.release();
        leave();
        throw error;
      }
      member.release();
      const { worker } = member;
      if (worker.ready) {
        const reply = send(worker, credit);
        // The worker tells of answers, but not of a call that failed before it could be sent.
        reply.then(wait.suspect ? leave : undefined, leave);
        return { worker, reply };
      }
      // It went away while the call waited for memory.
      credit?.give();
      leave();
    }
  }

  #reserve(body: Body, { method, signal, deadline }: WaitOptions, giveUpAt: number) {
    const until = Math.min(giveUpAt, deadline?.at ?? giveUpAt);
    const waitMs = Math.max(0, until - performance.now());
    return this.#credits.take(capacityOf(body), { method, signal, waitMs });
  }

  async #measured<T>(method: string, run: () => Promise<Reply<T>>): Promise<Reply<T>> {
    const begun = performance.now();
    const end = (outcome: CallEnd['outcome'], transfer: Transfer | undefined): void =>
      this.#options.metrics?.callEnded({
        method,
        outcome,
        seconds: (performance.now() - begun) / 1000,
        transfer,
      });
    try {
      const reply = await run();
      end('ok', reply.transfer);
      return reply;
    } catch (error) {
      end(error instanceof BridgeError ? error.code : 'CANCELLED', undefined);
      if (error instanceof BridgeError) error.showCaller(new CallSite());
      throw error;
    }
  }
}
