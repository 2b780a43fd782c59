import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordered } from '../../../ts/pipeline/chunks/ordered.js';

const keep = () => undefined;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const item of items) read.push(item);
  return read;
}

function work<In, Out>(most: number, run: (item: In) => Promise<Out>) {
  return { most, run, discard: keep };
}

describe('the results of a source that is worked on several items at a time', () => {
  it('come in the order of the items, however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (waits, most) => {
          const run = async (at: number) => {
            await delay(waits[at]);
            return at;
          };
          const results = ordered(waits.keys(), work(most, run), new AbortController());
          expect(await all(results)).toEqual([...waits.keys()]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are given as they come, also while the source makes wait for the next', async () => {
    async function* slow() {
      yield 'first';
      await new Promise(() => undefined);
    }
    const run = async (item: string) => item;
    const results = ordered(slow(), work(3, run), new AbortController());
    expect(await results.next()).toEqual({ value: 'first', done: false });
  });

  it('are worked on only a few ahead of a slow reader', async () => {
    let begun = 0;
    const run = async (item: number) => {
      begun += 1;
      return item;
    };
    const results = ordered(Array(100).keys(), work(3, run), new AbortController());
    await results.next();
    await delay(5);
    expect(begun).toBeLessThanOrEqual(4);
    await results.return();
  });

  it('are thrown away when their reader leaves, and the source is closed', async () => {
    const begun: number[] = [];
    const discarded: number[] = [];
    let closed = false;
    async function* source() {
      try {
        for (let item = 0; ; item += 1) yield item;
      } finally {
        closed = true;
      }
    }
    const run = async (item: number) => {
      begun.push(item);
      return item;
    };
    const discard = (item: number) => void discarded.push(item);
    const leave = new AbortController();
    for await (const item of ordered(source(), { most: 3, run, discard }, leave)) {
      if (item === 1) break;
    }
    await delay(1);
    expect(begun.length).toBeGreaterThan(2);
    expect([0, 1, ...discarded]).toEqual(begun);
    expect(closed).toBe(true);
    expect(leave.signal.aborted).toBe(true);
  });

  it('end with the error of the source, or of the work', async () => {
    async function* broken() {
      yield 1;
      throw new Error('the source broke');
    }
    const run = async (item: number) => item;
    await expect(all(ordered(broken(), work(1, run), new AbortController()))).rejects.toThrow(
      'the source broke',
    );
    const fail = async () => {
      throw new Error('the work broke');
    };
    await expect(all(ordered([1, 2], work(2, fail), new AbortController()))).rejects.toThrow(
      'the work broke',
    );
  });

  it('end when they are cancelled, though the source never gives anything', async () => {
    async function* silent(): AsyncGenerator<number> {
      await new Promise(() => undefined);
    }
    const leave = new AbortController();
    const run = async (item: number) => item;
    const reading = all(ordered(silent(), work(2, run), leave));
    setTimeout(() => leave.abort(new Error('no more')), 5);
    await expect(reading).rejects.toThrow('no more');
  });
});
