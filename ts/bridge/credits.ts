import { BlockBudget } from './budget.js';
import { BridgeError } from './errors.js';
import { IN_PIECES, tooLarge } from './too-large.js';

/** What `MemoryCredits.take` waits for, and how long. */
export interface CreditWait {
  /** The call that the body is for, as errors name it. */
  method: string;
  signal?: AbortSignal | undefined;
  /** How long to wait for other bodies to be given back. */
  waitMs: number;
}

export interface CreditStatus {
  limit: number;
  /** Bytes of bodies in flight. */
  used: number;
  /** How many bodies wait for others to be given back. */
  waiting: number;
  /** Bytes that the arenas have allocated, in use or kept warm. */
  allocated: number;
}

interface Waiter {
  bytes: number;
  admit(): void;
}

/** The right of one body to so many bytes, until it is given back. */
export class Credit {
  #bytes: number;
  readonly #account: (change: number) => void;

  /** Made by `MemoryCredits.take` only. */
  constructor(bytes: number, account: (change: number) => void) {
    this.#bytes = bytes;
    this.#account = account;
  }

  /**
   * Sets what the body turned out to need.
   *
   * When that is more than was taken, the bytes in flight may lie above the limit until others are
   * given back; nothing is admitted meanwhile.
   */
  resize(bytes: number): void {
    const change = bytes - this.#bytes;
    this.#bytes = bytes;
    this.#account(change);
  }

  /** Gives it all back; more calls do nothing. */
  give(): void {
    this.resize(0);
  }
}

/**
 * Bounds the bytes of bodies in flight to all workers of a pool together.
 *
 * Bodies are admitted in the order in which they came: one that does not fit holds up those behind
 * it, so a large one is never passed by small ones for ever. Too much work thus becomes waiting,
 * and then an error, never growth.
 */
export class MemoryCredits {
  /** What the arenas may allocate for these bodies. */
  readonly blocks: BlockBudget;
  readonly #limit: number;
  readonly #waiters = new Set<Waiter>();
  #used = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    this.blocks = new BlockBudget(limitBytes);
  }

  status(): CreditStatus {
    return {
      limit: this.#limit,
      used: this.#used,
      waiting: this.#waiters.size,
      allocated: this.blocks.allocated,
    };
  }

  /**
   * Waits until a body of so many bytes may be sent.
   *
   * @throws BridgeError PAYLOAD_TOO_LARGE when it never may, OVERLOADED when it may not within
   *   `waitMs`, CANCELLED by the signal.
   */
  take(bytes: number, wait: CreditWait): Promise<Credit> {
    const { method, signal } = wait;
    if (signal?.aborted) {
      return Promise.reject(new BridgeError('CANCELLED', { method }, { cause: signal.reason }));
    }
    if (bytes > this.#limit) {
      const advice = `${IN_PIECES}, or raise ETL_MEMORY_LIMIT`;
      return Promise.reject(tooLarge(`The body of ${method}`, bytes, this.#limit, advice));
    }
    if (this.#waiters.size === 0 && this.#fits(bytes)) return Promise.resolve(this.#admit(bytes));
    return this.#wait(bytes, wait);
  }

  #wait(bytes: number, { method, signal, waitMs }: CreditWait): Promise<Credit> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiters.delete(waiter);
      };
      const refuse = (error: BridgeError): void => {
        leave();
        reject(error);
        // What was held up behind this one may fit.
        this.#admitWaiters();
      };
      const abort = (): void =>
        refuse(new BridgeError('CANCELLED', { method }, { cause: signal?.reason }));
      const timer = setTimeout(() => refuse(this.#overloaded(bytes, method, waitMs)), waitMs);
      const waiter: Waiter = {
        bytes,
        admit: () => {
          leave();
          resolve(this.#admit(bytes));
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  #fits(bytes: number): boolean {
    return this.#used + bytes <= this.#limit;
  }

  #admit(bytes: number): Credit {
    this.#used += bytes;
    return new Credit(bytes, (change) => {
      this.#used += change;
      if (change < 0) this.#admitWaiters();
    });
  }

  #admitWaiters(): void {
    for (const waiter of this.#waiters) {
      if (!this.#fits(waiter.bytes)) return;
      waiter.admit();
    }
  }

  #overloaded(bytes: number, method: string, waitMs: number): BridgeError {
    return new BridgeError('OVERLOADED', {
      reason:
        `The body of ${method} (${bytes} bytes) found no room within ${waitMs / 1000} s: ` +
        `${this.#used} of ${this.#limit} bytes are in flight. ` +
        'Send less at once, try again later, or raise ETL_MEMORY_LIMIT.',
    });
  }
}
