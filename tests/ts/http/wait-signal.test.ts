import { EventEmitter, getEventListeners } from 'node:events';
import type { Response } from 'express';
import { describe, expect, it } from 'vitest';
import { waitSignal } from '../../../ts/http/wait-signal.js';

/** A wait of a minute for a caller and a server that can go away. */
function wait(ms = 60_000) {
  const response = new EventEmitter();
  const stopping = new AbortController();
  const signal = waitSignal(response as unknown as Response, ms, stopping.signal);
  return { response, stopping, signal };
}

describe('a long poll', () => {
  it('ends when the caller goes away', () => {
    const { response, signal } = wait();
    expect(signal.aborted).toBe(false);
    response.emit('close');
    expect(signal.aborted).toBe(true);
  });

  it('ends when the server stops, or has stopped', () => {
    const { response, stopping, signal } = wait();
    stopping.abort();
    expect(signal.aborted).toBe(true);
    expect(waitSignal(response as unknown as Response, 60_000, stopping.signal).aborted).toBe(true);
  });

  it('ends after its time', async () => {
    const { signal } = wait(5);
    await new Promise((ended) => signal.addEventListener('abort', ended));
  });

  it('leaves nothing at the signal that lives on', () => {
    const { response, stopping } = wait();
    response.emit('close');
    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
    expect(response.listenerCount('close')).toBe(0);
  });
});
