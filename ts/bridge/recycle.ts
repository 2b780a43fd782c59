/** When a worker is replaced by a fresh one, although nothing is wrong with it. */
export interface RecycleLimits {
  /** After so many calls. */
  calls: number;
  /** When its private memory, without the arenas, has grown to so many bytes. */
  memoryBytes: number;
}

/** Without it workers that started together would all be replaced together. */
const JITTER = 0.2;

/** One worker's own limits: each up to a fifth more or less than the pool's. */
export function withJitter({ calls, memoryBytes }: RecycleLimits): RecycleLimits {
  const vary = (limit: number): number => limit * (1 + JITTER * (2 * Math.random() - 1));
  return { calls: vary(calls), memoryBytes: vary(memoryBytes) };
}
