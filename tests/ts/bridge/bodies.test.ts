import { describe, expect, it } from 'vitest';
import { Bodies } from '../../../ts/bridge/bodies.js';
import type { WritableBody } from '../../../ts/bridge/body.js';
import { type Credit, MemoryCredits } from '../../../ts/bridge/credits.js';
import { FrameError } from '../../../ts/bridge/frames.js';
import { transferOf } from '../../../ts/bridge/reply.js';
import { BodyCorruptError, openSlot, sealSlot } from '../../../ts/bridge/slot.js';
import { PROTOCOL } from '../../../ts/generated/protocol.js';
import { HeapMemory } from './heap-memory.js';

const LARGE = 100_000;
const SIZE = 8 * PROTOCOL.arenaBlockBytes;
const EMPTY = new Uint8Array(0);

function open() {
  const credits = new MemoryCredits(2 ** 30);
  const arenas = { request: new HeapMemory(SIZE), reply: new HeapMemory(SIZE) };
  const refusals: string[] = [];
  const bodies = new Bodies(arenas, credits, (reason) => refusals.push(reason));
  const credit = (bytes: number): Promise<Credit> =>
    credits.take(bytes, { method: 'echo', waitMs: 0 });
  return { bodies, arenas, credits, credit, refusals };
}

describe('a body to a worker', () => {
  it('lies in a slot, and keeps its credit until the worker gives the slot back', async () => {
    const { bodies, arenas, credits, credit } = open();
    const body = new Uint8Array(LARGE).fill(7);
    const sent = bodies.send(body, await credit(LARGE), false, 'work');
    const place = sent.place as { offset: number; length: number; generation: number };
    expect(place).toEqual({ at: 'shared', offset: 4096, length: LARGE, generation: 1 });
    expect(Buffer.compare(openSlot(arenas.request.bytes, place), body)).toBe(0);
    bodies.settle(sent);
    expect(credits.status().used).toBe(LARGE);
    bodies.released(4096, 1);
    expect(credits.status().used).toBe(0);
    expect(() => bodies.released(4096, 1)).toThrow(FrameError);
  });

  it('is garbled when the worker gives back another slot than it holds', () => {
    const { bodies } = open();
    bodies.send(new Uint8Array(LARGE), undefined, false, 'work');
    expect(() => bodies.released(4096, 2)).toThrow('a release of no slot: 4096, generation 2');
    expect(() => bodies.released(128, 1)).toThrow(FrameError);
  });

  it('goes inline when it is small or is to, and keeps its credit until the call is settled', async () => {
    const { bodies, credits, credit } = open();
    for (const [length, inline] of [[100, false] as const, [LARGE, true] as const]) {
      const body = new Uint8Array(length);
      const sent = bodies.send(body, await credit(length), inline, 'work');
      expect(sent.place).toEqual({ at: 'inline', length });
      expect(sent.inline).toBe(body);
      expect(credits.status().used).toBe(length);
      bodies.settle(sent);
      expect(credits.status().used).toBe(0);
    }
  });

  it('that writes itself gives back the credit that it did not need', async () => {
    const { bodies, credits, credit } = open();
    const body = (length: number): WritableBody => ({
      capacity: 2 * length,
      write: (target) => target.fill(9, 0, length) && length,
    });
    const shared = bodies.send(body(LARGE), await credit(2 * LARGE), false, 'work');
    expect([shared.place?.length, credits.status().used]).toEqual([LARGE, LARGE]);
    const small = bodies.send(body(10), await credit(20), false, 'work');
    expect(small.inline).toEqual(new Uint8Array(10).fill(9));
    expect(credits.status().used).toBe(LARGE + 10);
  });

  it('that cannot be sent costs nothing', async () => {
    const { bodies, credits, credit } = open();
    const failing: WritableBody = {
      capacity: LARGE,
      write: () => {
        throw new Error('a row is no row');
      },
    };
    const taken = await credit(LARGE);
    expect(() => bodies.send(failing, taken, false, 'work')).toThrow('a row is no row');
    const other = await credit(LARGE);
    expect(() => bodies.send(failing, other, true, 'work')).toThrow('a row is no row');
    bodies.takeBack(bodies.send(new Uint8Array(LARGE), await credit(LARGE), false, 'work'));
    bodies.takeBack(bodies.send(new Uint8Array(10), await credit(10), false, 'work'));
    bodies.send(undefined, await credit(5), false, 'work');
    expect(credits.status().used).toBe(0);
    expect(bodies.send(new Uint8Array(LARGE), undefined, false, 'work').place?.offset).toBe(4096);
  });

  it('goes inline when the system has no memory for it, and each is told of', () => {
    const { bodies, arenas, refusals } = open();
    arenas.request.available = 0;
    for (let call = 0; call < 3; call += 1) {
      expect(bodies.send(new Uint8Array(LARGE), undefined, false, 'work').place?.at).toBe('inline');
    }
    expect(refusals).toEqual(Array(3).fill('posix_fallocate: ENOSPC'));
    expect(bodies.shared).toBe(true);
  });

  it('too large for the pipe is OVERLOADED when it only finds no room, else PAYLOAD_TOO_LARGE', () => {
    const { bodies, arenas } = open();
    arenas.request.available = 0;
    const body = new Uint8Array(PROTOCOL.maxInlineBodyBytes + 1);
    expect(() => bodies.send(body, undefined, false, 'work')).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', message: expect.stringMatching(/full/) }),
    );
    bodies.withoutArenas();
    expect(bodies.shared).toBe(false);
    expect(() => bodies.send(body, undefined, false, 'work')).toThrow(
      expect.objectContaining({
        code: 'PAYLOAD_TOO_LARGE',
        params: { bytes: body.length, limit: PROTOCOL.maxInlineBodyBytes },
      }),
    );
  });

  it('gives its credit back when the worker is gone', async () => {
    const { bodies, credits, credit } = open();
    bodies.send(new Uint8Array(LARGE), await credit(LARGE), false, 'work');
    expect(credits.status()).toMatchObject({
      used: LARGE,
      allocated: PROTOCOL.arenaBlockBytes,
    });
    bodies.close();
    bodies.close();
    expect(credits.status()).toMatchObject({ used: 0, allocated: 0 });
  });
});

describe('a body to a worker that is kept', () => {
  it('keeps its slot and its credit until the worker and who keeps it have let it go', async () => {
    for (const isFirst of [true, false]) {
      const { bodies, credits, credit } = open();
      const sent = bodies.send(new Uint8Array(LARGE).fill(7), await credit(LARGE), false, 'work');
      bodies.settle(sent);
      const kept = bodies.keep(sent);
      const release = () => bodies.released(4096, 1);
      for (const letGo of isFirst ? [release, kept.release] : [kept.release, release]) {
        expect(credits.status().used).toBe(LARGE);
        expect(Buffer.compare(kept.bytes, new Uint8Array(LARGE).fill(7))).toBe(0);
        letGo();
      }
      kept.release();
      expect(credits.status().used).toBe(0);
      expect(() => bodies.released(4096, 1)).toThrow(FrameError);
      expect(bodies.send(new Uint8Array(LARGE), undefined, false, 'work').place?.offset).toBe(4096);
    }
  });

  it('outlives the worker; what else the worker held is given back', async () => {
    const { bodies, arenas, credits, credit } = open();
    const sent = bodies.send(new Uint8Array(LARGE).fill(7), await credit(LARGE), false, 'work');
    bodies.send(new Uint8Array(LARGE), await credit(LARGE), false, 'work');
    const kept = bodies.keep(sent);
    bodies.close();
    expect(credits.status()).toMatchObject({ used: LARGE, allocated: PROTOCOL.arenaBlockBytes });
    expect(Buffer.compare(kept.bytes, new Uint8Array(LARGE).fill(7))).toBe(0);
    expect(arenas.request.asked).not.toContain('close');
    kept.release();
    expect(credits.status()).toMatchObject({ used: 0, allocated: 0 });
    expect(arenas.request.asked.at(-1)).toBe('close');
  });

  it('is the very bytes that went inline, if it did', () => {
    const { bodies } = open();
    const body = new Uint8Array(10);
    const kept = bodies.keep(bodies.send(body, undefined, false, 'work'));
    expect(kept.bytes).toBe(body);
    kept.release();
  });

  it('must not have been given back before: then the worker is garbled', () => {
    const { bodies } = open();
    const sent = bodies.send(new Uint8Array(LARGE), undefined, false, 'work');
    bodies.released(4096, 1);
    bodies.send(new Uint8Array(LARGE), undefined, false, 'work');
    expect(() => bodies.keep(sent)).toThrow(FrameError);
  });
});

describe('a body from a worker', () => {
  const place = { at: 'shared' as const, offset: 128, length: LARGE, generation: 3 };

  /** A worker's arena with one slot. */
  function received() {
    const opened = open();
    const { bytes } = opened.arenas.reply;
    bytes.fill(5, 128, 128 + LARGE);
    sealSlot(bytes, place);
    const releases: number[][] = [];
    const release = (offset: number, generation: number) => releases.push([offset, generation]);
    return { ...opened, bytes, releases, release };
  }

  it('is read where it lies, and released once', () => {
    const { bodies, bytes, releases, release } = received();
    const body = bodies.receive(place, EMPTY, release);
    expect(body).toMatchObject({ path: 'shared', mapped: LARGE, copied: 0 });
    expect(body.bytes?.buffer).toBe(bytes.buffer);
    expect(releases).toEqual([]);
    body.release();
    body.release();
    expect(releases).toEqual([[128, 3]]);
  });

  it('that is damaged or stale is not read but released', () => {
    const { bodies, bytes, releases, release } = received();
    const stale = { ...place, generation: 2 };
    expect(() => bodies.receive(stale, EMPTY, release)).toThrow(BodyCorruptError);
    bytes[128] = 6;
    expect(() => bodies.receive(place, EMPTY, release)).toThrow('its checksum does not match');
    expect(releases).toEqual([
      [128, 2],
      [128, 3],
    ]);
  });

  it('that is not where its frame says is a garbled frame', () => {
    const { bodies, release } = received();
    const outside = { ...place, offset: SIZE };
    expect(() => bodies.receive(outside, EMPTY, release)).toThrow(FrameError);
    expect(() => bodies.receive({ at: 'shared', length: 1 }, EMPTY, release)).toThrow(FrameError);
    expect(() => bodies.receive({ at: 'inline', length: 1 }, EMPTY, release)).toThrow(FrameError);
    bodies.withoutArenas();
    expect(() => bodies.receive(place, EMPTY, release)).toThrow(FrameError);
  });

  it('inline is this process’s own; an empty one is not one that is missing', () => {
    const { bodies, release, releases } = received();
    const inline = new Uint8Array(10);
    const body = bodies.receive({ at: 'inline', length: 10 }, inline, release);
    expect(body).toMatchObject({ bytes: inline, path: 'inline', mapped: 0, copied: 10 });
    body.release();
    expect(releases).toEqual([]);
    expect(bodies.receive({ at: 'inline', length: 0 }, EMPTY, release).bytes).toEqual(EMPTY);
    expect(bodies.receive(undefined, EMPTY, release).bytes).toBeUndefined();
  });

  it('counts with the one that was sent as how the call’s bodies crossed', () => {
    const { bodies, release } = received();
    const shared = bodies.send(new Uint8Array(LARGE), undefined, false, 'work');
    const inline = bodies.send(new Uint8Array(10), undefined, false, 'work');
    const answer = bodies.receive(place, EMPTY, release);
    const none = bodies.receive(undefined, EMPTY, release);
    expect(transferOf(shared, answer)).toEqual({
      path: 'shared',
      bytesMapped: 2 * LARGE,
      bytesCopied: 0,
    });
    expect(transferOf(inline, answer)).toEqual({
      path: 'shared',
      bytesMapped: LARGE,
      bytesCopied: 10,
    });
    expect(transferOf(inline, none)).toEqual({ path: 'inline', bytesMapped: 0, bytesCopied: 10 });
  });
});
