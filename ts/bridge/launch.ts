import type { Logger } from 'pino';
import { messageOf } from '../errors.js';
import { PROTOCOL } from '../generated/protocol.js';
import type { MemoryCredits } from './credits.js';
import { type WorkerEnvironment, workerEnvironment } from './environment.js';
import type { CreateSharedMemory } from './memory.js';
import type { Arenas } from './process.js';
import { openSharedMemory } from './system-memory.js';
import { Worker, type WorkerHooks } from './worker.js';

export interface LaunchOptions extends WorkerEnvironment {
  /** The Python to run, of the project's environment. */
  python: string;
  /** The digest of all schemas, as the compiler gave it to this process. */
  schemaDigest: string;
  log: Logger;
  /** How long a chunk of a stream's input may wait for memory. */
  creditWaitMs: number;
  /** Off: every body goes through the pipe. On where the system can, by default. */
  sharedMemory?: boolean | undefined;
  /** What Python runs; for tests that need a worker with methods of their own. */
  workerArgs?: readonly string[] | undefined;
}

/** Starts workers, each with arenas of its own where the system has shared memory. */
export class Launcher {
  readonly #options: LaunchOptions;
  readonly #credits: MemoryCredits;
  #createMemory: CreateSharedMemory | undefined;
  #inlineReason: string | null = null;
  readonly #refusing = new WeakSet<Worker>();
  readonly #refused = { bodies: 0, lastReason: null as string | null };

  private constructor(options: LaunchOptions, credits: MemoryCredits) {
    this.#options = options;
    this.#credits = credits;
  }

  static async open(options: LaunchOptions, credits: MemoryCredits): Promise<Launcher> {
    const launcher = new Launcher(options, credits);
    if (options.sharedMemory === false) {
      launcher.#inlineReason = 'it is switched off';
      return launcher;
    }
    try {
      launcher.#createMemory = await openSharedMemory();
    } catch (error) {
      launcher.#sayInline(messageOf(error));
    }
    return launcher;
  }

  /** Why the last worker without shared memory has none, or null. */
  get inlineReason(): string | null {
    return this.#inlineReason;
  }

  /** How many bodies found no room in the shared memory of their worker, and why the last did not. */
  get refused(): { readonly bodies: number; readonly lastReason: string | null } {
    return this.#refused;
  }

  /** @throws Error when the system cannot start a process. */
  start(hooks: WorkerHooks): Worker {
    const {
      python,
      workerArgs = ['-m', 'etl_polyglot.worker'],
      schemaDigest,
      creditWaitMs,
      log,
    } = this.#options;
    const arenas = this.#createArenas();
    try {
      const worker: Worker = new Worker({
        command: [python, ...workerArgs],
        env: workerEnvironment(this.#options),
        arenas,
        credits: this.#credits,
        creditWaitMs,
        schemaDigest,
        log,
        onRefusal: (reason) => this.#countRefusal(worker, reason),
        ...hooks,
        onReady: () => {
          if (arenas && !worker.sharedMemory) this.#sayInline('a worker cannot map it');
          hooks.onReady();
        },
      });
      log.debug({ event: 'worker.started', worker: worker.pid }, 'a worker is started');
      return worker;
    } catch (error) {
      arenas?.request.close();
      throw error;
    } finally {
      // The worker has inherited it, and our mapping does not need it.
      arenas?.reply.close();
    }
  }

  /** Said once for each worker: more bodies may follow than a log should tell of. */
  #countRefusal(worker: Worker, reason: string): void {
    this.#refused.bodies += 1;
    this.#refused.lastReason = reason;
    if (this.#refusing.has(worker)) return;
    this.#refusing.add(worker);
    this.#options.log.warn(
      { event: 'bridge.inline', worker: worker.pid, reason },
      'no room in shared memory: bodies go through the pipe while there is none',
    );
  }

  #createArenas(): Arenas | undefined {
    const create = this.#createMemory;
    if (create === undefined) return undefined;
    try {
      const request = create(PROTOCOL.arenaBytes);
      try {
        return { request, reply: create(PROTOCOL.arenaBytes) };
      } catch (error) {
        request.close();
        throw error;
      }
    } catch (error) {
      this.#sayInline(messageOf(error));
      return undefined;
    }
  }

  /** Workers that have no shared memory still work, only slower: why is said when it is news. */
  #sayInline(reason: string): void {
    if (this.#inlineReason === reason) return;
    this.#inlineReason = reason;
    this.#options.log.warn(
      { event: 'bridge.inline', reason },
      'no shared memory: bodies go through the pipes',
    );
  }
}
