import type { KeptBody, ReceivedBody, SentBody } from './bodies.js';

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
  /**
   * The body that was sent, where the answer refers to it ({@link CallOptions.refersToBody}): its
   * memory stays as the reply's does.
   */
  readonly request?: KeptBody | undefined;
  readonly transfer: Transfer;
  /** Gives the body's slot back to the worker, and the request's; more calls do nothing. */
  release(): void;
}

/** The answer to a call; its release lets both bodies go. */
export function replyOf(
  value: unknown,
  { bytes: body, release: releaseBody }: ReceivedBody,
  request: KeptBody | undefined,
  transfer: Transfer,
): Reply<unknown> {
  if (request === undefined) return { value, body, transfer, release: releaseBody };
  const release = (): void => {
    releaseBody();
    request.release();
  };
  return { value, body, request, transfer, release };
}

/** Two transfers as one. */
export function sumOf(one: Transfer, other: Transfer): Transfer {
  return {
    path: one.path === 'shared' ? one.path : other.path,
    bytesMapped: one.bytesMapped + other.bytesMapped,
    bytesCopied: one.bytesCopied + other.bytesCopied,
  };
}

/** How a body to the worker and one from it crossed, together. */
export function transferOf(
  sent: SentBody | undefined,
  received: ReceivedBody | undefined,
): Transfer {
  const shared = sent?.place?.at === 'shared' ? sent.place.length : 0;
  return {
    path: shared > 0 || received?.path === 'shared' ? 'shared' : 'inline',
    bytesMapped: shared + (received?.mapped ?? 0),
    bytesCopied: (sent?.inline?.length ?? 0) + (received?.copied ?? 0),
  };
}
