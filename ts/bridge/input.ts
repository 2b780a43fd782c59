import { PROTOCOL } from '../generated/protocol.js';
import type { EndFrame } from '../generated/wire/end.js';
import type { SentBody } from './bodies.js';
import type { Body } from './body.js';
import type { Credit } from './credits.js';
import { FrameError } from './frames.js';

/** What of each text of an error crosses: frames are no place for whole documents. */
const MAX_TEXT = 8192;

/** One part of a call's input. */
export interface StreamChunk {
  /** Any JSON value. */
  value?: unknown;
  body?: Body | undefined;
}

export type StreamInput = AsyncIterable<StreamChunk> | Iterable<StreamChunk>;

export type InputIterator = AsyncIterator<StreamChunk> | Iterator<StreamChunk>;

/** @throws What the input throws, TypeError when it is none. */
export function iteratorOf(input: StreamInput): InputIterator {
  return Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
}

/** The way of a call's input to its worker. */
export interface InputLink {
  /** Memory for a body, as soon as there is some. */
  reserve(body: Body, signal: AbortSignal): Promise<Credit>;
  send(chunk: StreamChunk, credit: Credit | undefined): SentBody;
  /** The worker has taken a chunk, or will never take it. */
  settle(sent: SentBody): void;
  end(error?: EndFrame['error']): void;
}

/** Sends what an iterator gives, as far as the worker has credit for it. */
export class InputPump {
  readonly #link: InputLink;
  readonly #iterator: InputIterator;
  readonly #stopped = new AbortController();
  /** Sent and not yet taken, in order. */
  readonly #sent: SentBody[] = [];
  #credit: number = PROTOCOL.streamCreditChunks;
  #granted: () => void = () => {};
  #complete = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(iterator: InputIterator, link: InputLink) {
    this.#iterator = iterator;
    this.#link = link;
  }

  /** Whether the worker may be waiting for a chunk: the iterator has given none, or it has no room. */
  get owes(): boolean {
    return this.#credit > 0 && !this.#complete;
  }

  /** What the iterator threw, if it did. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Sends until the iterator ends, fails, or is stopped. */
  async run(): Promise<void> {
    try {
      let chunk = await this.#next();
      while (chunk !== undefined && !this.#over) {
        await this.#send(chunk);
        chunk = await this.#next();
      }
      if (this.#over) return;
      this.#complete = true;
      this.#link.end();
    } catch (error) {
      if (this.#over) return;
      this.#complete = true;
      this.#failure = { error };
      this.#link.end(described(error));
    }
  }

  /**
   * The worker has taken so many chunks, and may be sent as many more.
   *
   * @throws FrameError when it was not sent so many.
   */
  grant(chunks: number): void {
    if (this.#over) return;
    if (chunks > this.#sent.length) throw new FrameError('credit for chunks that were not sent');
    this.#credit += chunks;
    for (const sent of this.#sent.splice(0, chunks)) this.#link.settle(sent);
    this.#granted();
  }

  /** The call is over: nothing more is sent, and the iterator is told. */
  stop(): void {
    if (this.#over) return;
    this.#stopped.abort();
    for (const sent of this.#sent.splice(0)) this.#link.settle(sent);
    this.#granted();
    this.#close().catch(() => {});
  }

  /** One that never gives its next chunk never ends either; what it throws is no part of the call. */
  async #close(): Promise<void> {
    await this.#iterator.return?.();
  }

  get #over(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #next(): Promise<StreamChunk | undefined> {
    while (this.#credit === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#granted = resolve;
      });
    }
    if (this.#over) return undefined;
    const { done, value } = await this.#iterator.next();
    return done ? undefined : value;
  }

  async #send(chunk: StreamChunk): Promise<void> {
    const { body } = chunk;
    const credit = body && (await this.#link.reserve(body, this.#stopped.signal));
    if (this.#over) {
      credit?.give();
      return;
    }
    this.#credit -= 1;
    this.#sent.push(this.#link.send(chunk, credit));
  }
}

function described(error: unknown): NonNullable<EndFrame['error']> {
  if (!(error instanceof Error)) return { name: 'Error', message: told(() => error) };
  return {
    name: told(() => error.name),
    message: told(() => error.message),
    stack: told(() => error.stack ?? ''),
  };
}

/** A text as a frame carries it: its beginning and its end where it is long, and no half characters. */
function told(read: () => unknown): string {
  let text: string;
  try {
    text = String(read());
  } catch {
    return '(its text cannot be had)';
  }
  if (text.length > MAX_TEXT) {
    text = `${text.slice(0, MAX_TEXT / 2)}\n…\n${text.slice(-MAX_TEXT / 2)}`;
  }
  return Buffer.from(text).toString();
}
