import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { decodeTable } from '../../../ts/arrow/decode.js';
import type { Reply } from '../../../ts/bridge/reply.js';
import { lendingCaller } from '../../../ts/pipeline/functions/lending.js';
import { lentTables } from '../../../ts/pipeline/functions/lent.js';

/** A reply of so many bytes in shared memory, and how often it was released. */
function reply(bytes: number) {
  const released = { times: 0 };
  const made: Reply<unknown> = {
    value: null,
    body: new Uint8Array(bytes).fill(7),
    transfer: { path: 'shared', bytesMapped: bytes, bytesCopied: 0 },
    release: () => {
      released.times += 1;
    },
  };
  return { made, released };
}

/** What a caller gives for replies, one after the other, when it may lend so many bytes. */
async function lent(limit: number, replies: readonly Reply<unknown>[]) {
  const left = [...replies];
  const caller = lendingCaller({ call: async () => left.shift() as Reply<never> }, limit, Infinity);
  const given: Reply<unknown>[] = [];
  for (const _ of replies) given.push(await caller.call('method', {}));
  return given;
}

describe('the shared memory of replies', () => {
  it('is lent up to a limit; what comes beyond it is copied, and says so', async () => {
    const replies = [reply(60), reply(30), reply(30)];
    const given = await lent(
      100,
      replies.map(({ made }) => made),
    );
    expect(given.map(({ body }, at) => body === replies[at]?.made.body)).toEqual([
      true,
      true,
      false,
    ]);
    expect(given[2]).toMatchObject({ body: replies[2]?.made.body });
    expect(given[2]?.transfer).toEqual({ path: 'shared', bytesMapped: 0, bytesCopied: 30 });
    expect(replies.map(({ released }) => released.times)).toEqual([0, 0, 1]);
  });

  it('is lent whole, however large, when nothing else is', async () => {
    const { made } = reply(500);
    const [given] = await lent(100, [made]);
    expect(given?.body).toBe(made.body);
  });

  it('counts what a reply refers to of its request, and that is copied with it', async () => {
    const request = { bytes: new Uint8Array(60).fill(5), release: () => undefined };
    const replies = [reply(30), reply(30)];
    const given = await lent(
      100,
      replies.map(({ made }) => ({ ...made, request })),
    );
    expect(given[0]?.request).toBe(request);
    expect(given[1]?.request?.bytes).not.toBe(request.bytes);
    expect(given[1]?.request?.bytes).toEqual(request.bytes);
    expect(given[1]?.transfer).toEqual({ path: 'shared', bytesMapped: 0, bytesCopied: 90 });
    expect(replies.map(({ released }) => released.times)).toEqual([0, 1]);
  });

  it('keeps no more of a request than leaves room for others, even alone', async () => {
    const request = { bytes: new Uint8Array(60), release: () => undefined };
    const { made, released } = reply(10);
    const one = { ...made, request };
    const caller = lendingCaller({ call: async () => one as Reply<never> }, 1000, 50);
    expect((await caller.call('method', {})).request?.bytes).not.toBe(request.bytes);
    expect(released.times).toBe(1);
  });

  it('makes room again when it is released', async () => {
    const first = reply(80);
    const second = reply(80);
    const left = [first.made, second.made];
    const caller = lendingCaller({ call: async () => left.shift() as Reply<never> }, 100, Infinity);
    const given = await caller.call('method', {});
    given.release();
    given.release();
    expect((await caller.call('method', {})).body).toBe(second.made.body);
  });
});

it('tables that lie in one memory hold it until the last of them is released', () => {
  const { made, released } = reply(0);
  const bytes = tableToIPC(tableFromArrays({ id: [1, 2] }));
  const [one, other] = lentTables([decodeTable(bytes), decodeTable(bytes)], made);
  one?.release();
  one?.release();
  expect(released.times).toBe(0);
  other?.[Symbol.dispose]();
  expect(released.times).toBe(1);
});
