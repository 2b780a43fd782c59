import type { LaunchOptions } from './launch.js';
import type { BridgeMetrics, RestartReason } from './metrics.js';
import type { RecycleLimits } from './recycle.js';

export interface PoolOptions extends Omit<LaunchOptions, 'replyArenaBytes' | 'creditWaitMs'> {
  /** How many processes take calls. */
  workers: number;
  /** How many more wait, warm, to take the place of one that is lost; 0 by default. */
  spares?: number | undefined;
  /** How many calls a worker has under way at a time, 16 by default; with 1 none shares another's fate. */
  callsPerWorker?: number | undefined;
  /** How many calls may wait for a place in a worker; 1024 by default. */
  maxQueued?: number | undefined;
  /** How long a call may wait for a place and for memory while workers are up; 10 s by default. */
  queueMs?: number | undefined;
  /** Bytes of bodies on their way, one half for each direction; 1 GiB by default. */
  memoryLimit?: number | undefined;
  /** When a sound worker is replaced by a fresh one. */
  recycle?: Partial<RecycleLimits> | undefined;
  metrics?: BridgeMetrics | undefined;
}

export interface PoolStatus {
  /** How many workers the pool is to have. */
  workers: number;
  /** How many of them have shaken hands. */
  ready: number;
  /** How many more have, and wait to take a place. */
  spares: number;
  /** How many were replaced, and why. */
  restarts: Record<RestartReason, number>;
  /** How many calls wait for a place. */
  queued: number;
  /** How many calls workers have under way. */
  running: number;
  /** Whether large bodies go through shared memory. */
  sharedMemory: boolean;
  /** Why they do not, or why the last one did not that found no room there; or null. */
  inlineReason: string | null;
  /** How many large bodies have gone through the pipe because shared memory had no room for them. */
  inlineBodies: number;
  /** Bytes of bodies to workers: allowed, in flight, and allocated in arenas, in use or kept warm. */
  memory: { limit: number; used: number; allocated: number };
  /** Why the pool takes no calls, or null. */
  reason: string | null;
}

const RECYCLE: RecycleLimits = { calls: 10_000_000, memoryBytes: 2 ** 31 };

/** The options of a pool, its defaults filled in. */
export function withDefaults(options: PoolOptions) {
  return {
    ...options,
    spares: options.spares ?? 0,
    callsPerWorker: options.callsPerWorker ?? 16,
    maxQueued: options.maxQueued ?? 1024,
    queueMs: options.queueMs ?? 10_000,
    memoryLimit: options.memoryLimit ?? 2 ** 30,
    recycle: {
      calls: options.recycle?.calls ?? RECYCLE.calls,
      memoryBytes: options.recycle?.memoryBytes ?? RECYCLE.memoryBytes,
    },
  };
}
