import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError } from '../../../ts/bridge/frames.js';
import { parseMessage } from '../../../ts/bridge/messages.js';

describe('a message of a worker', () => {
  it.each([
    { kind: 'call', id: 1, method: 'm', params: {} },
    { kind: 'toString' },
    { kind: 'reply', id: 1 },
    { kind: 'reply', id: 0, value: 1 },
    { kind: 'reply', id: 1, value: 1, more: 1 },
    { kind: 'reply', id: 1, value: 1, body: { at: 'heap', length: 1 } },
    { kind: 'chunk', id: 1, body: { at: 'shared', length: 1, generation: 0 } },
    { kind: 'credit', id: 1, chunks: 0 },
    { kind: 'release', offset: 0 },
    { kind: 'memory', anonymous_bytes: -1 },
  ])('is not %j', (header) => {
    expect(() => parseMessage(header)).toThrow(FrameError);
  });

  it('is no other JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (header) => {
        expect(() => parseMessage(header)).toThrow(FrameError);
      }),
    );
  });
});
