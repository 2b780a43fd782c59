import { aborted } from '../deadline.js';

/** Anything that `for await` reads. */
export type Source<T> = AsyncIterable<T> | Iterable<T>;

/** How the items of a source are worked on. */
export interface Work<In, Out> {
  /** How many at a time, those counted whose results wait to be read. */
  readonly most: number;
  /** Is given a signal that is aborted when the results are read no further. */
  run(item: In, signal: AbortSignal): Promise<Out>;
  /** Is given the results that nobody will read. */
  discard(result: Out): void;
}

/**
 * Works on the items of a source, several at a time, and gives the results in the items' order.
 *
 * An item is taken from the source only when there is a place for it, so that the source waits for
 * a slow reader; a result is given as soon as it is there, also while the source makes wait.
 *
 * @param leave - when it is aborted, the results end with its reason.
 */
export async function* ordered<In, Out>(
  source: Source<In>,
  { most, run, discard }: Work<In, Out>,
  leave: AbortController,
): AsyncGenerator<Out, void> {
  const items = iteratorOf(source);
  const left = aborted(leave.signal);
  const results: Promise<Out>[] = [];
  let ended = false;
  let pulling: Promise<void> | undefined;
  const pull = async () => {
    const next = await items.next();
    pulling = undefined;
    ended = next.done ?? false;
    if (next.done || leave.signal.aborted) return;
    const result = run(next.value, leave.signal);
    result.catch(() => undefined); // Thrown again where it is awaited.
    results.push(result);
  };
  try {
    for (;;) {
      if (!ended && results.length < most) pulling ??= pull();
      const [oldest] = results;
      if (oldest === undefined && ended) return;
      const there = oldest?.then(
        () => true,
        () => true,
      );
      const pulled = pulling?.then(() => false);
      const events = [there, pulled, left].filter((event) => event !== undefined);
      if ((await Promise.race(events)) && oldest) {
        results.shift();
        yield await oldest;
      }
    }
  } finally {
    leave.abort();
    for (const result of results) result.then(discard, () => undefined);
    const returned = ended ? undefined : items.return?.();
    // A source that makes wait would keep its reader from leaving.
    if (pulling === undefined) await returned;
    else Promise.allSettled([pulling, returned]);
  }
}

function iteratorOf<T>(source: Source<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
