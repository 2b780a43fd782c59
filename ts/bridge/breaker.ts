import type { BridgeError } from './errors.js';

/** After so many failures in a row the breaker is open. */
const OPEN_AFTER = 3;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/**
 * Counts workers that were lost in one way, in a row without a success in between.
 *
 * The first is replaced at once; then starts wait, each time twice as long, from 250 ms to 30 s.
 * From the third on the breaker is open: calls that find no worker are refused, and workers are
 * started one at a time to see whether the cause is gone. The first success closes it.
 */
export class Breaker {
  #failures = 0;
  #lastFailureAt = Number.NEGATIVE_INFINITY;
  #last: BridgeError | undefined;

  /** Why calls that find no worker are refused: the last failure, once there were too many. */
  get refusal(): BridgeError | undefined {
    return this.#failures >= OPEN_AFTER ? this.#last : undefined;
  }

  /** How long the next start has to wait. */
  get waitMs(): number {
    if (this.#failures < 2) return 0;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 2), LONGEST_DELAY_MS);
    return Math.max(0, this.#lastFailureAt + delay - performance.now());
  }

  /**
   * A worker was lost.
   *
   * @param since - When it was started or began to take calls, by `performance.now()`. One that is
   *   older than the last failure fell with it: several workers killed at once are one failure.
   */
  failed(failure: BridgeError, since: number): void {
    if (since < this.#lastFailureAt) return;
    this.#failures += 1;
    this.#lastFailureAt = performance.now();
    this.#last = failure;
  }

  /** It went well for once; whether any had failed before. */
  succeeded(): boolean {
    const hadFailed = this.#failures > 0;
    this.#failures = 0;
    this.#last = undefined;
    return hadFailed;
  }
}
