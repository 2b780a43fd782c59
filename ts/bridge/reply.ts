/** How the bodies of a call crossed. */
export interface Transfer {
  /** `shared` when a body crossed in shared memory, else `inline`. */
  path: 'shared' | 'inline';
  /** Bytes that the reading side used where the writing side had put them. */
  bytesMapped: number;
  /** Bytes that were copied through the pipe. */
  bytesCopied: number;
}

/**
 * The answer to a call.
 *
 * A body that came by shared memory lies in the worker's arena itself: read it, then call
 * `release()`, after which it must not be touched. Keep the reply (or its `body`) referenced for as
 * long as anything reads views of the body's buffer: when both are collected unreleased, the slot
 * is given back all the same.
 */
export interface Reply<T> {
  readonly value: T;
  readonly body: Uint8Array | undefined;
  readonly transfer: Transfer;
  /** Gives the body's slot back to the worker; more calls do nothing. */
  release(): void;
}

const collected = new FinalizationRegistry<() => void>((release) => release());
const replyOfBody = new WeakMap<Uint8Array, Reply<unknown>>();

/** A reply whose body, if any, is this process's own memory. */
export function ownedReply<T>(
  value: T,
  body: Uint8Array | undefined,
  transfer: Transfer,
): Reply<T> {
  return { value, body, transfer, release: () => {} };
}

/** A reply whose body lies in a slot; `free` is called once, on release or when it was dropped. */
export function leasedReply<T>(
  value: T,
  body: Uint8Array,
  transfer: Transfer,
  free: () => void,
): Reply<T> {
  let held = true;
  const release = (): void => {
    if (held) free();
    held = false;
  };
  const reply: Reply<T> = { value, body, transfer, release };
  replyOfBody.set(body, reply);
  collected.register(reply, release);
  return reply;
}
