import type { Reply } from '../../bridge/reply.js';
import type { PythonCaller } from '../layers.js';

/**
 * A pool whose replies are lent, at most so many bytes of them at a time.
 *
 * @param limit - bytes; one reply may be larger when it is the only one.
 * @param mostKept - bytes of a request that one reply may keep: the rest is for other requests.
 */
export function lendingCaller(pool: PythonCaller, limit: number, mostKept: number): PythonCaller {
  const lending = new Lending(limit, mostKept);
  return {
    call: async <T>(...args: Parameters<PythonCaller['call']>) =>
      lending.take(await pool.call<T>(...args)),
  };
}

interface Loan {
  bytes: number;
}

/**
 * Bounds the shared memory that a program holds of Python's replies, and of what they refer to.
 *
 * Workers can answer only while there is room. A program that keeps replies and never releases
 * them would make them wait until the collector comes round; past the limit replies are therefore
 * copied to memory of this process, as their `transfer` then says.
 */
class Lending {
  readonly #limit: number;
  readonly #mostKept: number;
  readonly #collected = new FinalizationRegistry<Loan>((loan) => this.#end(loan));
  #lent = 0;

  constructor(limit: number, mostKept: number) {
    this.#limit = limit;
    this.#mostKept = mostKept;
  }

  /** The reply itself, or one with copies of its body and of what it refers to. */
  take<T>(reply: Reply<T>): Reply<T> {
    const { body, request, transfer } = reply;
    const kept = request?.bytes.length ?? 0;
    const bytes = (body?.length ?? 0) + kept;
    if (bytes === 0 || transfer.path === 'inline') return reply;
    const isOver = this.#lent > 0 && this.#lent + bytes > this.#limit;
    if (isOver || kept > this.#mostKept) return copied(reply);
    const loan = { bytes };
    this.#lent += loan.bytes;
    const release = () => {
      this.#end(loan);
      reply.release();
    };
    const lent = { value: reply.value, body, request, transfer, release };
    this.#collected.register(lent, loan);
    return lent;
  }

  #end(loan: Loan): void {
    this.#lent -= loan.bytes;
    loan.bytes = 0;
  }
}

function copied<T>(reply: Reply<T>): Reply<T> {
  const body = reply.body?.slice();
  const request = reply.request && { bytes: reply.request.bytes.slice(), release: nothing };
  reply.release();
  const { path, bytesMapped, bytesCopied } = reply.transfer;
  const answered = body?.length ?? 0;
  return {
    value: reply.value,
    body,
    request,
    transfer: {
      path,
      // Python has read the request where it lay all the same.
      bytesMapped: bytesMapped - answered,
      bytesCopied: bytesCopied + answered + (request?.bytes.length ?? 0),
    },
    release: nothing,
  };
}

function nothing(): void {}
