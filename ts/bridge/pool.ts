import { EventEmitter, once } from 'node:events';
import type { Logger } from 'pino';
import { messageOf } from '../errors.js';
import { PROTOCOL } from '../generated/protocol.js';
import type { CallOptions } from './call.js';
import { workerEnvironment } from './environment.js';
import { BridgeError } from './errors.js';
import { type CreateSharedMemory, openSharedMemory } from './memory.js';
import type { Arenas } from './process.js';
import type { Reply } from './reply.js';
import type { Rules } from './rules.js';
import { StartFailures } from './starts.js';
import { Worker } from './worker.js';

export interface PoolOptions {
  /** The Python to run, of the project's environment. */
  python: string;
  /** The folder that holds the package `etl_polyglot`. */
  pythonPath: string;
  /** How many processes. */
  workers: number;
  schemaDir: string;
  cacheDir: string;
  /** The business rules, if there are any. */
  rules?: Rules | undefined;
  /** The digest of all schemas, as the compiler gave it to this process. */
  schemaDigest: string;
  log: Logger;
  /** Off: every body goes through the pipe. On where the system can, by default. */
  sharedMemory?: boolean | undefined;
  /** Gives each worker one call at a time, so that no call shares the fate of another. */
  exclusive?: boolean | undefined;
  /** What Python runs; for tests that need a worker with methods of their own. */
  workerArgs?: readonly string[] | undefined;
}

export interface PoolStatus {
  /** How many workers the pool is to have. */
  workers: number;
  /** How many have shaken hands. */
  ready: number;
  /** How many were started to replace another. */
  restarts: number;
  /** Whether large bodies go through shared memory. */
  sharedMemory: boolean;
  /** Why the pool takes no calls, or null. */
  reason: string | null;
}

/**
 * Long-lived Python workers that answer calls by name.
 *
 * Each call goes to the worker with the fewest under way; in an exclusive pool to one that has
 * none, for which it waits. A worker that ends is replaced at once, and its callers are told;
 * workers that cannot start are tried again at growing intervals, and meanwhile the pool refuses
 * the calls that wait for one with the reason.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<Worker>();
  readonly #leaving = new Set<Worker>();
  readonly #delayed = new Set<NodeJS.Timeout>();
  readonly #failures = new StartFailures();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #createMemory: CreateSharedMemory | undefined;
  #inlineSaid = false;
  #restarts = 0;
  #refusal: BridgeError | undefined;

  private constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Starts the workers; `ready()` waits for them. */
  static async open(options: PoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    if (options.sharedMemory ?? true) {
      try {
        pool.#createMemory = await openSharedMemory();
      } catch (error) {
        pool.#sayInline(messageOf(error));
      }
    }
    for (let count = 0; count < options.workers; count += 1) pool.#start();
    return pool;
  }

  /**
   * Waits until a worker has shaken hands; in an exclusive pool, until one is free.
   *
   * @throws BridgeError NOT_READY when workers fail to start several times in a row, with the
   *   reason and what they printed; PROTOCOL_MISMATCH when they speak another protocol or have
   *   other schemas; CANCELLED when `signal` is aborted.
   */
  async ready(signal?: AbortSignal): Promise<void> {
    while (this.#takesCalls() === undefined) await this.#change('ready', signal);
  }

  /**
   * Runs a method in Python.
   *
   * @param method - The name it is registered by.
   * @param params - Its parameters; they cross as JSON.
   * @returns The reply. Call `release()` on it when its body has been read.
   * @throws BridgeError WORKER_CRASHED when the worker dies, WORKER_TIMEOUT when it is silent too
   *   long, CANCELLED by the signal, WORKER_FAILED (or a code of its own) when Python raises,
   *   PAYLOAD_TOO_LARGE when params or body do not fit; else as `ready()`.
   */
  async call<T>(method: string, params: object, options: CallOptions = {}): Promise<Reply<T>> {
    let worker = this.#takesCalls();
    while (worker === undefined) {
      await this.#change(method, options.signal);
      worker = this.#takesCalls();
    }
    return (await worker.call(method, params, options)) as Reply<T>;
  }

  status(): PoolStatus {
    const workers = [...this.#workers];
    const ready = workers.filter((worker) => worker.ready).length;
    return {
      workers: this.#options.workers,
      ready,
      restarts: this.#restarts,
      sharedMemory: this.#createMemory !== undefined && workers.every((w) => w.sharedMemory),
      reason: ready > 0 ? null : (this.#unavailable()?.message ?? 'starting'),
    };
  }

  /** Stops every worker and waits until their processes are gone. Calls under way are rejected. */
  async close(): Promise<void> {
    const closed = new BridgeError('NOT_READY', { reason: 'The pool of workers was closed.' });
    this.#refusal = closed;
    for (const timer of this.#delayed) clearTimeout(timer);
    const workers = [...this.#workers, ...this.#leaving];
    for (const worker of workers) worker.stop('the pool was closed', closed);
    this.#changes.emit('change');
    await Promise.all(workers.map((worker) => worker.ended));
  }

  /** The worker that the next call goes to, if there is one. */
  #takesCalls(): Worker | undefined {
    let best: Worker | undefined;
    for (const worker of this.#workers) {
      if (worker.ready && worker.busy < (best?.busy ?? this.#busyLimit)) best = worker;
    }
    return best;
  }

  get #busyLimit(): number {
    return this.#options.exclusive ? 1 : Number.POSITIVE_INFINITY;
  }

  /** Waits until a worker came, went or has answered; throws when that is not worth waiting for. */
  async #change(method: string, signal: AbortSignal | undefined): Promise<void> {
    const reason = this.#unavailable();
    if (reason !== undefined) throw reason;
    try {
      await once(this.#changes, 'change', { ...(signal && { signal }) });
    } catch (cause) {
      throw new BridgeError('CANCELLED', { method }, { cause });
    }
  }

  #unavailable(): BridgeError | undefined {
    return this.#refusal ?? this.#failures.open;
  }

  #start(): void {
    const arenas = this.#createArenas();
    try {
      this.#spawn(arenas);
    } catch (cause) {
      const reason = `The system cannot start a Python worker: ${messageOf(cause)}`;
      this.#replace(new BridgeError('NOT_READY', { reason }, { cause }));
    } finally {
      // The worker has inherited the descriptors, and our mappings do not need them.
      arenas?.request.closeFd();
      arenas?.reply.closeFd();
    }
  }

  #spawn(arenas: Arenas | undefined): void {
    const { python, workerArgs = ['-m', 'etl_polyglot.worker'], schemaDigest, log } = this.#options;
    const worker = new Worker({
      command: [python, ...workerArgs],
      env: workerEnvironment(this.#options),
      arenas,
      schemaDigest,
      log,
      onReady: () => {
        this.#failures.reset();
        if (arenas && !worker.sharedMemory) this.#sayInline('a worker cannot map it');
        this.#changes.emit('change');
      },
      onAnswered: () => this.#changes.emit('change'),
      onGone: (startFailure) => {
        this.#workers.delete(worker);
        this.#leaving.add(worker);
        this.#replace(startFailure);
        this.#changes.emit('change');
      },
    });
    this.#workers.add(worker);
    worker.ended.then(() => this.#leaving.delete(worker));
  }

  #replace(startFailure: BridgeError | undefined): void {
    if (startFailure?.code === 'PROTOCOL_MISMATCH') this.#refusal ??= startFailure;
    if (this.#refusal !== undefined) return;
    if (startFailure !== undefined) this.#failures.record(startFailure);
    this.#restarts += 1;
    const { delayMs } = this.#failures;
    if (delayMs === 0) {
      this.#start();
      return;
    }
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      this.#start();
    }, delayMs);
    this.#delayed.add(timer);
  }

  #createArenas(): Arenas | undefined {
    const create = this.#createMemory;
    if (create === undefined) return undefined;
    try {
      const request = create(PROTOCOL.arenaBytes);
      try {
        return { request, reply: create(PROTOCOL.arenaBytes) };
      } catch (error) {
        request.closeFd();
        throw error;
      }
    } catch (error) {
      this.#sayInline(messageOf(error));
      return undefined;
    }
  }

  /** Workers that have no shared memory still work, only slower: that is said once. */
  #sayInline(reason: string): void {
    if (this.#inlineSaid) return;
    this.#inlineSaid = true;
    this.#options.log.warn(
      { event: 'bridge.inline', reason },
      'no shared memory: bodies go through the pipes',
    );
  }
}
