import { type RecycleLimits, withJitter } from './recycle.js';
import type { Worker } from './worker.js';

/** A worker's place in the pool: what it has taken on, and when a fresh one is to replace it. */
export class Member {
  readonly worker: Worker;
  /** When it was started or, later, when it began to take calls, by `performance.now()`. */
  since = performance.now();
  /** Its limits are reached: it is replaced when another can take its place. */
  isDue = false;
  readonly #limits: RecycleLimits;
  #reserved = 0;
  #answered = 0;
  #hasSuspect = false;

  constructor(worker: Worker, recycle: RecycleLimits) {
    this.worker = worker;
    this.#limits = withJitter(recycle);
  }

  /** Its calls under way, and those that are about to come. */
  get busy(): number {
    return this.worker.busy + this.#reserved;
  }

  /** Whether one of its calls has lost a worker before, and may cost this one too. */
  get hasSuspect(): boolean {
    return this.#hasSuspect;
  }

  /** Keeps a place for a call until `release`. */
  reserve(suspect: boolean): void {
    this.#reserved += 1;
    this.#hasSuspect ||= suspect;
  }

  /** The call is given to the worker now, or not at all. */
  release(): void {
    this.#reserved -= 1;
  }

  /** The call that was suspected has settled. */
  acquit(): void {
    this.#hasSuspect = false;
  }

  /** Counts an answer; whether the worker has just become due. */
  answered(): boolean {
    this.#answered += 1;
    return this.#becomesDue(this.#answered >= this.#limits.calls);
  }

  /** Looks at the worker's memory; whether it has just become due. */
  measured(bytes: number): boolean {
    return this.#becomesDue(bytes >= this.#limits.memoryBytes);
  }

  #becomesDue(isOver: boolean): boolean {
    if (this.isDue || !isOver) return false;
    this.isDue = true;
    return true;
  }
}
