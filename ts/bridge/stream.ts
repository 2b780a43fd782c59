import { PROTOCOL } from '../generated/protocol.js';
import type { CallOptions } from './call.js';
import { BridgeError } from './errors.js';
import { FrameError } from './frames.js';
import type { StreamInput } from './input.js';
import type { Reply, Transfer } from './reply.js';
import { CallSite } from './stack.js';

/** How long a worker may be silent on a stream, unless a limit is given. */
const DEFAULT_SILENCE_MS = 120_000;

export interface StreamOptions extends CallOptions {
  /** What the method iterates as `call.chunks`. It is asked as fast as Python takes it. */
  input?: StreamInput | undefined;
}

/** One part of a call's output. */
export interface StreamItem<T> {
  readonly value: T;
  readonly body: Uint8Array | undefined;
  readonly transfer: Transfer;
  /** Gives the body's slot back; done for it when the next item is asked for. */
  release(): void;
}

/** Credit goes back in portions of this: half the window, so that the worker need not stop. */
const PORTION = Math.max(1, PROTOCOL.streamCreditChunks >> 1);

/** The chunks of a call that have come and that its reader has not taken. */
export class ReceivedChunks {
  /** Tells the worker that it may send so many more. */
  grant: (chunks: number) => void = () => {};
  readonly #items: StreamItem<unknown>[] = [];
  #credit: number = PROTOCOL.streamCreditChunks;
  #taken = 0;
  #isHeld = false;
  #end: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  /**
   * Whether the reader has yet to take or release something: the worker may be without credit, or
   * without room in its arena, until then.
   */
  get owed(): boolean {
    return this.#isHeld || this.#items.length > 0;
  }

  /** @throws FrameError when the worker had no credit for it. */
  push(item: StreamItem<unknown>): void {
    if (this.#credit === 0) throw new FrameError('a chunk without credit');
    this.#credit -= 1;
    this.#items.push(item);
    this.#wake();
  }

  /** The next chunk; undefined at the end, the error when the call failed. */
  async take(): Promise<StreamItem<unknown> | undefined> {
    this.#isHeld = false;
    while (this.#items.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const item = this.#items.shift();
    this.#isHeld = item !== undefined;
    if (item !== undefined) this.#giveCredit();
    else if (this.#end?.error !== undefined) throw this.#end.error;
    return item;
  }

  /** Nothing more will come; what is here can still be taken. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** Gives back what nobody will take. */
  discard(): void {
    for (const item of this.#items.splice(0)) item.release();
  }

  #giveCredit(): void {
    this.#taken += 1;
    if (this.#taken < PORTION || this.#end !== undefined) return;
    this.#credit += this.#taken;
    this.grant(this.#taken);
    this.#taken = 0;
  }
}

/**
 * A call whose output comes in chunks.
 *
 * `for await` reads them; leaving the loop early cancels the call. A worker is never more than a
 * few chunks ahead of its reader, so `result` settles only when the chunks have been read.
 */
export class CallStream<T> implements AsyncIterable<StreamItem<T>> {
  /** What the method returned at its end; rejects as the loop throws. */
  readonly result: Promise<Reply<unknown>>;
  readonly #chunks = new ReceivedChunks();
  readonly #leave = new AbortController();
  #read = false;

  /**
   * @param options - Of the call. A stream may last, so without a limit only silence ends it.
   * @param begin - Makes the call with the options it is given; gives its reply.
   */
  constructor(
    options: StreamOptions,
    begin: (chunks: ReceivedChunks, options: StreamOptions) => Promise<Reply<unknown>>,
  ) {
    const { timeoutMs, silenceMs = timeoutMs === undefined ? DEFAULT_SILENCE_MS : undefined } =
      options;
    const site = new CallSite();
    const left = this.#leave.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, left]) : left;
    this.result = begin(this.#chunks, { ...options, signal, silenceMs });
    this.result.then(
      () => this.#chunks.end(),
      (error: unknown) => {
        if (error instanceof BridgeError) error.showCaller(site);
        if (signal.aborted) this.#chunks.discard();
        this.#chunks.end(error);
      },
    );
  }

  /** @throws Error when the stream has been read before. */
  [Symbol.asyncIterator](): AsyncGenerator<StreamItem<T>, void> {
    if (this.#read) throw new Error('a stream can be read only once');
    this.#read = true;
    const items = this.#iterate();
    void items.next();
    return items;
  }

  async *#iterate(): AsyncGenerator<StreamItem<T>, void> {
    try {
      // A generator that has not begun ends without its `finally`: see above, where this is taken.
      yield undefined as never;
      for (let item = await this.#chunks.take(); item; item = await this.#chunks.take()) {
        try {
          yield item as StreamItem<T>;
        } finally {
          item.release();
        }
      }
    } finally {
      this.#leave.abort();
      this.#chunks.discard();
    }
  }
}
