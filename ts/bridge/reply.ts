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
 * `release()`, after which it must not be touched. Views of the body's buffer do not keep the slot:
 * hold on to the reply, its `body` or its `release` while they are read. When all three are
 * collected unreleased, the slot is given back all the same.
 */
export interface Reply<T> {
  readonly value: T;
  readonly body: Uint8Array | undefined;
  readonly transfer: Transfer;
  /** Gives the body's slot back to the worker; more calls do nothing. */
  release(): void;
}

/** A reply's hold on a slot. */
interface Lease {
  held: boolean;
  free: () => void;
}

const collected = new FinalizationRegistry<Lease>(end);
const replyOfBody = new WeakMap<Uint8Array, Reply<unknown>>();

function end(lease: Lease): void {
  if (lease.held) lease.free();
  lease.held = false;
}

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
  const lease = { held: true, free };
  const release = (): void => {
    collected.unregister(reply);
    end(lease);
  };
  const reply: Reply<T> = { value, body, transfer, release };
  replyOfBody.set(body, reply);
  collected.register(reply, lease, reply);
  return reply;
}
