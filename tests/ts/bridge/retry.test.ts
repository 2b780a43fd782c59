import { describe, expect, it } from 'vitest';
import type { CallOptions } from '../../../ts/bridge/call.js';
import { BridgeError } from '../../../ts/bridge/errors.js';
import { Attempts } from '../../../ts/bridge/retry.js';
import { BodyCorruptError } from '../../../ts/bridge/slot.js';

const crash = (pid = 7): BridgeError =>
  new BridgeError('WORKER_CRASHED', { pid, reason: 'signal SIGKILL', method: 'work' });
const corrupt = (cause?: Error): BridgeError =>
  new BridgeError('BODY_CORRUPT', { method: 'work', reason: 'its checksum' }, { cause });

const attempts = (options: CallOptions = {}): Attempts => new Attempts('work', options);

describe('a call that has lost its worker', () => {
  it('runs again when Python says that it may, or its caller does', () => {
    for (const [options, isSafe] of [
      [{}, true],
      [{ retry: true }, false],
    ] as const) {
      const tried = attempts(options);
      tried.failed(crash(), isSafe);
      expect(tried.isSuspect).toBe(true);
    }
  });

  it('does not when neither says so, its caller forbids it, or has gone away', () => {
    const error = crash();
    expect(() => attempts().failed(error, false)).toThrow(error);
    expect(() => attempts({ retry: false }).failed(error, true)).toThrow(error);
    const signal = AbortSignal.abort();
    expect(() => attempts({ retry: true, signal }).failed(error, true)).toThrow(error);
  });

  it('does not a second time: two workers died of it', () => {
    const tried = attempts({ retry: true });
    tried.failed(crash(7), false);
    expect(() => tried.failed(crash(8), false)).toThrow(
      '2 Python workers in a row died during work, the last (pid 8) with signal SIGKILL: ' +
        'the call itself is the likely cause, and it is not tried again.',
    );
  });
});

describe('a body that was damaged in shared memory', () => {
  it('on its way to Python is sent once more, by the pipe: nothing has run', () => {
    const tried = attempts({ retry: false });
    tried.failed(corrupt(), false);
    expect(tried).toMatchObject({ inline: true, isSuspect: false });
    const again = corrupt();
    expect(() => tried.failed(again, false)).toThrow(again);
  });

  it('on its way back is asked for again only when the method may run again', () => {
    const lost = corrupt(new BodyCorruptError('its checksum'));
    expect(() => attempts().failed(lost, false)).toThrow(lost);
    const tried = attempts();
    tried.failed(lost, true);
    expect(tried.inline).toBe(true);
  });
});

it('any other failure is the answer', () => {
  const failed = new BridgeError('WORKER_TIMEOUT', { method: 'work', seconds: 1 });
  expect(() => attempts({ retry: true }).failed(failed, true)).toThrow(failed);
  const bug = new TypeError('no function');
  expect(() => attempts({ retry: true }).failed(bug, true)).toThrow(bug);
});
