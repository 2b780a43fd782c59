import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Breaker } from '../../../ts/bridge/breaker.js';
import { BridgeError } from '../../../ts/bridge/errors.js';

const crash = (number: number): BridgeError =>
  new BridgeError('NOT_READY', { reason: `crash ${number}` });

/** Loses workers one after the other, each of which was started after the one before was lost. */
function lose(breaker: Breaker, count: number): void {
  for (let number = 1; number <= count; number += 1) {
    vi.advanceTimersByTime(1);
    breaker.failed(crash(number), performance.now());
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('workers that crash', () => {
  it('are replaced at once after the first crash, then at growing intervals up to 30 s', () => {
    const breaker = new Breaker();
    const waits = Array.from({ length: 11 }, () => {
      lose(breaker, 1);
      return breaker.waitMs;
    });
    expect(waits).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('need not be waited for longer than that', () => {
    const breaker = new Breaker();
    lose(breaker, 4);
    vi.advanceTimersByTime(400);
    expect(breaker.waitMs).toBe(600);
    vi.advanceTimersByTime(10_000);
    expect(breaker.waitMs).toBe(0);
  });

  it('open the breaker at the third in a row, with what the last one said', () => {
    const breaker = new Breaker();
    lose(breaker, 2);
    expect(breaker.refusal).toBeUndefined();
    lose(breaker, 3);
    expect(breaker.refusal?.message).toBe('crash 3');
  });

  it('are forgiven by the first answer', () => {
    const breaker = new Breaker();
    lose(breaker, 5);
    expect(breaker.succeeded()).toBe(true);
    expect(breaker).toMatchObject({ refusal: undefined, waitMs: 0 });
    lose(breaker, 2);
    expect(breaker.refusal).toBeUndefined();
    breaker.succeeded();
    expect(breaker.succeeded()).toBe(false);
  });

  it('count once when several are killed at the same time', () => {
    const breaker = new Breaker();
    const started = performance.now();
    vi.advanceTimersByTime(5000);
    for (let number = 1; number <= 4; number += 1) {
      breaker.failed(crash(number), started);
      vi.advanceTimersByTime(3);
    }
    expect(breaker).toMatchObject({ refusal: undefined, waitMs: 0 });
  });
});
