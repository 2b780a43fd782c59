import type { BridgeError } from './errors.js';

/** After so many failed starts in a row the pool says that it is not ready. */
const OPEN_AFTER = 3;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/** Failed starts in a row, and how long to wait before the next: a breaker for workers. */
export class StartFailures {
  #count = 0;
  #last: BridgeError | undefined;

  /** The last failure, once there were too many in a row. */
  get open(): BridgeError | undefined {
    return this.#count >= OPEN_AFTER ? this.#last : undefined;
  }

  get delayMs(): number {
    return this.#count === 0
      ? 0
      : Math.min(FIRST_DELAY_MS * 2 ** (this.#count - 1), LONGEST_DELAY_MS);
  }

  record(failure: BridgeError): void {
    this.#count += 1;
    this.#last = failure;
  }

  reset(): void {
    this.#count = 0;
    this.#last = undefined;
  }
}
