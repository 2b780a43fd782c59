import type { Reply } from '../../bridge/reply.js';
import type { PythonCaller } from '../layers.js';

/** A pool whose replies are lent, at most so many bytes of them at a time. */
export function lendingCaller(pool: PythonCaller, limit: number): PythonCaller {
  const lending = new Lending(limit);
  return {
    call: async <T>(...args: Parameters<PythonCaller['call']>) =>
      lending.take(await pool.call<T>(...args)),
  };
}

interface Loan {
  bytes: number;
}

/**
 * Bounds the shared memory that a program holds of Python's replies.
 *
 * Workers can answer only while there is room. A program that keeps replies and never releases
 * them would make them wait until the collector comes round; past the limit replies are therefore
 * copied to memory of this process, as their `transfer` then says.
 */
class Lending {
  readonly #limit: number;
  readonly #collected = new FinalizationRegistry<Loan>((loan) => this.#end(loan));
  #lent = 0;

  /** @param limit - bytes; one reply may be larger when it is the only one. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The reply itself, or one with a copy of its body. */
  take<T>(reply: Reply<T>): Reply<T> {
    const { body, transfer } = reply;
    if (body === undefined || transfer.path === 'inline') return reply;
    if (this.#lent > 0 && this.#lent + body.length > this.#limit) return copied(reply, body);
    const loan = { bytes: body.length };
    this.#lent += loan.bytes;
    const release = () => {
      this.#end(loan);
      reply.release();
    };
    const lent = { value: reply.value, body, transfer, release };
    this.#collected.register(lent, loan);
    return lent;
  }

  #end(loan: Loan): void {
    this.#lent -= loan.bytes;
    loan.bytes = 0;
  }
}

function copied<T>({ value, transfer, release }: Reply<T>, body: Uint8Array): Reply<T> {
  const copy = body.slice();
  release();
  const { path, bytesMapped, bytesCopied } = transfer;
  return {
    value,
    body: copy,
    transfer: {
      path,
      bytesMapped: bytesMapped - copy.length,
      bytesCopied: bytesCopied + copy.length,
    },
    release: () => undefined,
  };
}
