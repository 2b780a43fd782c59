import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../ts/bridge/errors.js';
import { CallQueue, type PlaceSource } from '../../../ts/bridge/queue.js';

/** So many places, told apart by number; suspects get odd ones only. */
class Places implements PlaceSource<number> {
  isUp = true;
  refusal: BridgeError | undefined;
  readonly free: number[];

  constructor(...free: number[]) {
    this.free = free;
  }

  take(suspect: boolean): number | undefined {
    const index = this.free.findIndex((place) => !suspect || place % 2 === 1);
    return index === -1 ? undefined : this.free.splice(index, 1)[0];
  }
}

const queueOf = (places: Places, { maxQueued = 3, queueMs = 10_000 } = {}) =>
  new CallQueue({ maxQueued, queueMs }, places);

const LATER = { at: Number.POSITIVE_INFINITY, timeoutMs: 60_000 };
const within = (timeoutMs: number) => ({ at: performance.now() + timeoutMs, timeoutMs });

describe('a call', () => {
  it('gets a place at once when there is one', () => {
    const queue = queueOf(new Places(1));
    expect(queue.place({ method: 'work' })).toBe(1);
    expect(queue.length).toBe(0);
  });

  it('waits for its turn, first come, first served', async () => {
    const places = new Places();
    const queue = queueOf(places);
    const order: string[] = [];
    const waits = ['a', 'b', 'c'].map(async (method) => {
      await queue.place({ method });
      order.push(method);
    });
    expect(queue.length).toBe(3);
    places.free.push(2, 4);
    queue.serve();
    expect(queue.length).toBe(1);
    places.free.push(6);
    queue.serve();
    await Promise.all(waits);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it.each([[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]])(
    'keeps its turn when others give up: %j',
    async (...gone) => {
      const places = new Places();
      const queue = queueOf(places);
      const controllers = [0, 1, 2].map(() => new AbortController());
      const waits = controllers.map(({ signal }) => queue.place({ method: 'work', signal }));
      const outcomes = Promise.allSettled(waits);
      for (const index of gone) controllers[index]?.abort();
      const last = queue.place({ method: 'work' });
      expect(queue.length).toBe(4 - gone.length);
      places.free.push(...[2, 4, 6, 8].slice(gone.length));
      queue.serve();
      const values = (await outcomes).map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value : undefined,
      );
      const expected = [2, 4, 6, 8].slice(gone.length);
      expect(values).toEqual(
        [0, 1, 2].map((index) => (gone.includes(index) ? undefined : expected.shift())),
      );
      await expect(last).resolves.toBe(8);
    },
  );

  it('does not overtake those that wait', async () => {
    const places = new Places();
    const queue = queueOf(places);
    const first = queue.place({ method: 'first' });
    places.free.push(2);
    const second = queue.place({ method: 'second' });
    expect(second).toBeInstanceOf(Promise);
    places.free.push(4);
    queue.serve();
    expect(await Promise.all([first, second])).toEqual([2, 4]);
  });

  it('is refused when as many wait as may, with what to do', async () => {
    const places = new Places();
    const queue = queueOf(places, { maxQueued: 2 });
    const waiting = [queue.place({ method: 'a' }), queue.place({ method: 'b' })];
    expect(() => queue.place({ method: 'c' })).toThrow(
      'c was not taken: 2 calls wait for a Python worker of this pool, as many as may. Try again later, make fewer calls at a time, or run more workers.',
    );
    expect(queue.length).toBe(2);
    places.free.push(2, 4);
    queue.serve();
    await Promise.all(waiting);
  });

  it('is refused when it has waited too long, with what to do', async () => {
    const queue = queueOf(new Places(), { queueMs: 30 });
    await expect(queue.place({ method: 'work', deadline: LATER })).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringMatching(
        /^work waited 0\.03 s for a free Python worker of this pool\. Try again/,
      ),
    });
    expect(queue.length).toBe(0);
  });

  it('may wait longer while no worker is up: a start is no overload', async () => {
    const places = new Places();
    places.isUp = false;
    const queue = queueOf(places, { queueMs: 20 });
    const place = queue.place({ method: 'work' });
    setTimeout(() => {
      places.free.push(2);
      queue.serve();
    }, 100);
    await expect(place).resolves.toBe(2);
  });

  it('ends with its own time, up or not', async () => {
    const places = new Places();
    places.isUp = false;
    const queue = queueOf(places, { queueMs: 20 });
    const place = queue.place({ method: 'work', deadline: within(50) });
    await expect(place).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
      params: { method: 'work', seconds: 0.05 },
    });
    expect(queue.length).toBe(0);
  });

  it('can be cancelled while it waits, and before', async () => {
    const places = new Places();
    const queue = queueOf(places);
    const controller = new AbortController();
    const place = queue.place({ method: 'work', signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(place).rejects.toMatchObject({
      code: 'CANCELLED',
      cause: expect.objectContaining({ message: 'enough' }),
    });
    places.free.push(2);
    queue.serve();
    expect(places.free).toEqual([2]);
    expect(() => queue.place({ method: 'work', signal: controller.signal })).toThrow(BridgeError);
  });

  it('is sent away with the others when there is nothing to wait for', async () => {
    const source = new Places();
    const queue = queueOf(source);
    const places = [false, true].map((suspect) => queue.place({ method: 'work', suspect }));
    source.refusal = new BridgeError('NOT_READY', { reason: 'closed' });
    queue.serve();
    for (const place of places) await expect(place).rejects.toBe(source.refusal);
    source.free.push(1);
    expect(() => queue.place({ method: 'work' })).toThrow('closed');
    expect(queue.length).toBe(0);
  });
});

describe('a call that has lost a worker', () => {
  it('comes before the others, also when the queue is full', async () => {
    const places = new Places();
    const queue = queueOf(places, { maxQueued: 1 });
    const order: string[] = [];
    const other = Promise.resolve(queue.place({ method: 'other' })).then(() => order.push('other'));
    const lost = Promise.resolve(queue.place({ method: 'lost', suspect: true })).then(() =>
      order.push('lost'),
    );
    places.free.push(1);
    queue.serve();
    places.free.push(3);
    queue.serve();
    await Promise.all([other, lost]);
    expect(order).toEqual(['lost', 'other']);
  });

  it('does not hold up the others when no place suits it', async () => {
    const places = new Places();
    const queue = queueOf(places);
    const lost = queue.place({ method: 'lost', suspect: true });
    const other = queue.place({ method: 'other' });
    places.free.push(2);
    queue.serve();
    await expect(other).resolves.toBe(2);
    places.free.push(1);
    queue.serve();
    await expect(lost).resolves.toBe(1);
  });
});
