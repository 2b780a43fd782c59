import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import type { WorkerPool } from '../../../ts/bridge/pool.js';
import { tracedCalls, traceOf } from '../../../ts/http/trace.js';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const VALID = `00-${ID}-${PARENT}-01`;

const read = (traceparent?: string) => traceOf({ headers: { traceparent } });

describe('the traceparent of a request', () => {
  it('says to which trace it belongs', () => {
    expect(read(VALID)).toEqual({ traceparent: VALID, traceId: ID });
  });

  it('of a later version is read as far as version 00 goes', () => {
    const known = { traceparent: `00-${ID}-${PARENT}-01`, traceId: ID };
    expect(read(`cc-${ID}-${PARENT}-01-what-else`)).toEqual(known);
    expect(read(`cc-${ID}-${PARENT}-01`)).toEqual(known);
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['more than version 00 has', `${VALID}-more`],
    ['the version ff', `ff-${ID}-${PARENT}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a parent of zeros', `00-${ID}-${'0'.repeat(16)}-01`],
    ['capital letters', VALID.toUpperCase()],
    ['too short an id', `00-${ID.slice(1)}-${PARENT}-01`],
    ['two headers', `${VALID}, ${VALID}`],
    ['a line break', `${VALID}\n`],
  ])('is none for %s', (_, header) => {
    expect(read(header)).toBeUndefined();
  });
});

describe('the calls of a request', () => {
  const optionsOf = (traceparent?: string) => {
    const seen: unknown[] = [];
    const pool = { call: async (...call: unknown[]) => seen.push(call[2]) };
    const request = { headers: { traceparent } } as unknown as Request;
    tracedCalls(pool as unknown as WorkerPool, request).call('echo', {}, { timeoutMs: 5 });
    return seen;
  };

  it('belong to its trace', () => {
    expect(optionsOf(VALID)).toEqual([{ timeoutMs: 5, traceparent: VALID }]);
    expect(optionsOf('00-me-too')).toEqual([{ timeoutMs: 5 }]);
  });
});
