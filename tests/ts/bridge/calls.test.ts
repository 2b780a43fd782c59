import { describe, expect, it } from 'vitest';
import { Bodies } from '../../../ts/bridge/bodies.js';
import { Calls } from '../../../ts/bridge/calls.js';
import { MemoryCredits } from '../../../ts/bridge/credits.js';
import { FrameError } from '../../../ts/bridge/frames.js';

const EMPTY = new Uint8Array(0);

function open() {
  const credits = new MemoryCredits(2 ** 20);
  const bodies = new Bodies(undefined, credits, () => {});
  const written: { kind: string; id?: number }[] = [];
  const calls = new Calls(bodies, credits, 1000, {
    write: (message) => written.push(message),
    release: () => {},
    stop: () => {},
  });
  const begin = (input?: Iterable<{ value: number }>) => {
    const options = { input };
    const request = { method: 'm', params: {}, options, credit: undefined, deadline: undefined };
    return calls.start({ ...request, chunks: undefined });
  };
  return { calls, begin, written };
}

describe('what a worker says of a call', () => {
  it('is refused when there is no such call', () => {
    const { calls } = open();
    for (const kind of ['reply', 'chunk'] as const) {
      expect(() => calls.receive({ kind, id: 1, value: 1 }, EMPTY)).toThrow(FrameError);
    }
  });

  it('may cross its answer when a thread of the method goes on: progress, and input taken', async () => {
    const { calls, begin } = open();
    const reply = begin([{ value: 1 }]);
    expect(calls.receive({ kind: 'reply', id: 1, value: 'done' }, EMPTY)).toBe(true);
    expect(calls.receive({ kind: 'event', id: 1, event: {} }, EMPTY)).toBe(false);
    expect(calls.receive({ kind: 'credit', id: 1, chunks: 1 }, EMPTY)).toBe(false);
    expect((await reply).value).toBe('done');
  });

  it('may refer to the body of the call, which the reply then keeps', async () => {
    const { calls } = open();
    const body = new Uint8Array(10);
    const answered = async (value: string, id: number) => {
      const options = { body, refersToBody: (told: unknown) => told === 'of the body' };
      const request = { method: 'm', params: {}, options, credit: undefined, deadline: undefined };
      const reply = calls.start({ ...request, chunks: undefined });
      calls.receive({ kind: 'reply', id, value }, EMPTY);
      return (await reply).request?.bytes;
    };
    expect(await answered('of the body', 1)).toBe(body);
    expect(await answered('of its own', 2)).toBeUndefined();
  });

  it('is refused when it takes more chunks than it was sent', async () => {
    const { calls, begin, written } = open();
    const reply = begin([{ value: 1 }]);
    await expect.poll(() => written.filter(({ kind }) => kind === 'chunk').length).toBe(1);
    expect(() => calls.receive({ kind: 'credit', id: 1, chunks: 2 }, EMPTY)).toThrow(FrameError);
    calls.receive({ kind: 'credit', id: 1, chunks: 1 }, EMPTY);
    calls.receive({ kind: 'reply', id: 1, value: 'done' }, EMPTY);
    await reply;
  });
});
