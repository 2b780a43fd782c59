import type { Logger } from 'pino';
import type { MemoryCredits } from './credits.js';
import type { BridgeError } from './errors.js';
import type { Arenas } from './process.js';

/** Why a worker takes no more calls: `start` means that it never took any. */
export interface WorkerLoss {
  readonly reason: 'start' | 'crash' | 'hang';
  readonly error: BridgeError;
}

/** What a worker tells its pool. */
export interface WorkerHooks {
  /** The worker has shaken hands. */
  onReady(): void;
  /** It has answered a call, and may take another in its place. */
  onAnswered(): void;
  /** So many bytes of private memory it holds now. */
  onMemory(bytes: number): void;
  /** It takes no more calls; not said of one that was retired. */
  onGone(loss: WorkerLoss): void;
}

export interface WorkerOptions extends WorkerHooks {
  command: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
  /** The worker's memory; undefined sends every body inline. */
  arenas: Arenas | undefined;
  /** The memory for bodies that all workers of the pool share. */
  credits: MemoryCredits;
  /** How long a chunk of a stream's input may wait for some of it. */
  creditWaitMs: number;
  /** A large body found no room in shared memory, and goes through the pipe if it can. */
  onRefusal(reason: string): void;
  /** What the worker must have compiled its schemas to. */
  schemaDigest: string;
  log: Logger;
}
