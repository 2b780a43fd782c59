import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Credit, MemoryCredits } from '../../../ts/bridge/credits.js';

const WAIT = { method: 'echo', waitMs: 10_000 };

describe('memory credits', () => {
  it('let bodies wait, in the order in which they came, until others are given back', async () => {
    const credits = new MemoryCredits(100);
    const first = await credits.take(80, WAIT);
    const order: string[] = [];
    const large = credits.take(90, WAIT).then((credit) => {
      order.push('large');
      return credit;
    });
    const small = credits.take(10, WAIT).then(() => order.push('small'));
    await sleep(5);
    expect(order).toEqual([]);
    expect(credits.status()).toMatchObject({ limit: 100, used: 80, waiting: 2 });
    first.give();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
    expect(credits.status()).toMatchObject({ used: 100, waiting: 0 });
  });

  it('refuse at once what can never be admitted', async () => {
    await expect(new MemoryCredits(100).take(101, WAIT)).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      params: { limit: 100 },
    });
  });

  it('end the waiting with OVERLOADED, and let those behind go on', async () => {
    const credits = new MemoryCredits(100);
    const held = await credits.take(50, WAIT);
    const impatient = credits.take(60, { ...WAIT, waitMs: 10 });
    const behind = credits.take(40, WAIT);
    await expect(impatient).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringMatching(/echo \(60 bytes\) .* 0\.01 s: 50 of 100 bytes .*ETL_MEMORY/),
    });
    (await behind).give();
    held.give();
    expect(credits.status()).toMatchObject({ used: 0, waiting: 0 });
  });

  it('end the waiting when the caller gives up, before it and during it', async () => {
    const credits = new MemoryCredits(100);
    const given = AbortSignal.abort();
    await expect(credits.take(1, { ...WAIT, signal: given })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    await credits.take(100, WAIT);
    const signal = AbortSignal.timeout(10);
    const reason = { code: 'CANCELLED', message: 'echo was cancelled by its caller.' };
    await expect(credits.take(1, { ...WAIT, signal })).rejects.toMatchObject(reason);
    expect(credits.status().waiting).toBe(0);
  });

  it('give back what a body turned out not to need, and admit nothing while it needs more', async () => {
    const credits = new MemoryCredits(100);
    const credit = await credits.take(100, WAIT);
    credit.resize(30);
    (await credits.take(70, WAIT)).give();
    credit.resize(120);
    const next = credits.take(1, WAIT);
    expect(credits.status()).toMatchObject({ used: 120, waiting: 1 });
    credit.give();
    credit.give();
    (await next).give();
    expect(credits.status().used).toBe(0);
  });

  it('never admit more than the limit, and come back to nothing, whatever happens', async () => {
    const call = fc.record({
      bytes: fc.integer({ min: 0, max: 100 }),
      grow: fc.integer({ min: 0, max: 100 }),
      waitMs: fc.constantFrom(0, 1, 1000),
      abortMs: fc.option(fc.integer({ min: 0, max: 2 })),
      turns: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
        const credits = new MemoryCredits(100);
        await Promise.all(
          calls.map(async ({ bytes, grow, waitMs, abortMs, turns }) => {
            const signal = abortMs === null ? undefined : AbortSignal.timeout(abortMs);
            let credit: Credit;
            try {
              credit = await credits.take(bytes, { method: 'echo', waitMs, signal });
            } catch {
              return;
            }
            expect(credits.status().used).toBeLessThanOrEqual(100);
            for (let turn = 0; turn < turns; turn += 1) await sleep(0);
            credit.resize(Math.min(bytes, grow));
            credit.give();
          }),
        );
        expect(credits.status()).toMatchObject({ used: 0, waiting: 0 });
      }),
      { numRuns: 40 },
    );
  });
});
