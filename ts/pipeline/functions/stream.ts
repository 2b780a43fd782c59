import { BridgeError } from '../../bridge/errors.js';
import { CallSite } from '../../bridge/stack.js';
import type { CallStream } from '../../bridge/stream.js';
import { misuse } from '../misuse.js';
import { resultOf } from './functions.js';

type Answers = CallStream<Parameters<typeof resultOf>[0]['value']>;

/**
 * A call to Python whose input or output is a stream.
 *
 * `for await` reads what the function yields; leaving the loop early cancels the call. What an item
 * holds of shared memory is given back when the next one is asked for.
 */
export class PythonStream<Item, Result> implements AsyncIterable<Item> {
  /** What the function returns at its end; it comes when everything that it yields has been read. */
  readonly result: Promise<Result>;
  readonly #answers: Promise<Answers>;
  readonly #site = new CallSite();

  constructor(answers: Promise<Answers>) {
    this.#answers = answers;
    this.result = this.#end();
    this.result.catch(() => undefined); // The loop throws it as well.
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    try {
      for await (const item of await this.#answers) yield resultOf(item) as Item;
    } catch (error) {
      throw this.#ofCaller(error);
    }
  }

  async #end(): Promise<Result> {
    try {
      const { result } = await this.#answers;
      return resultOf((await result) as Parameters<typeof resultOf>[0]) as Result;
    } catch (error) {
      throw this.#ofCaller(error);
    }
  }

  /** The error, whose stack shows who began the stream: who reads it may wait elsewhere. */
  #ofCaller(error: unknown): unknown {
    if (error instanceof BridgeError) error.showCaller(this.#site);
    return error;
  }
}

/**
 * Makes a loop over the promise of a call say how a stream is read: whether a call is one must be
 * known before Python can say it.
 */
export function noStream<R>(method: string, result: Promise<R>): Promise<R> {
  const refuse = () => {
    result.catch(() => undefined); // The loop says what to do.
    const how = 'give { stream: true } as third argument, or an asynchronous iterable to stream';
    throw misuse(`${method}: this call is no stream; await it, or ${how}`);
  };
  Object.defineProperty(result, Symbol.asyncIterator, { value: refuse });
  return result;
}
