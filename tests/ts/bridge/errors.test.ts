import { describe, expect, it } from 'vitest';
import { type BridgeError, PythonError } from '../../../ts/bridge/errors.js';
import { failureOf } from '../../../ts/bridge/failure.js';
import type { PythonException } from '../../../ts/bridge/stack.js';
import { sharedPool } from './shared-pool.js';

const shared = sharedPool('streams.py');

const thrownBy = async (promise: Promise<unknown>): Promise<BridgeError> =>
  promise.then(
    () => expect.fail('it did not throw'),
    (thrown: unknown) => thrown as BridgeError,
  );

async function deliverReport(): Promise<unknown> {
  return await shared().pool.stream('fail_after', { chunks: 0 }).result;
}

describe('an exception of Python', () => {
  it('is one stack: the message, the Python frames with their lines, the caller’s frames', async () => {
    const { stack = '' } = await thrownBy(shared().pool.call('recurse', { depth: 2 }));
    const lines = stack.split('\n').map((line) => line.trim());
    expect(lines[0]).toBe("BridgeError: recurse raised KeyError: 'no such column'");
    const python = lines.findIndex((line) => line.startsWith('at dig ('));
    expect(lines[python]).toMatch(/^at dig \(.*streams\.py:\d+\) {2}raise KeyError\("no such/);
    const caller = lines.findIndex((line) => line.includes('errors.test.ts'));
    expect(caller).toBeGreaterThan(python);
    expect(lines.filter((line) => line.includes('/ts/bridge/') && !line.includes('tests'))).toEqual(
      [],
    );
  });

  it('names the function that made a call that waited before it was sent', async () => {
    const { stack } = await thrownBy(deliverReport());
    expect(stack).toContain('deliverReport');
  });

  it('has its causes as causes, and all of it as Python prints it', async () => {
    const error = await thrownBy(shared().pool.call('chain', {}));
    expect(error).toMatchObject({ code: 'WORKER_FAILED', params: { exception: 'ValueError' } });
    const cause = error.cause as PythonError;
    expect(cause).toBeInstanceOf(PythonError);
    expect([cause.name, cause.message]).toEqual(['KeyError', "'id'"]);
    expect(cause.stack).toMatch(
      /^KeyError: 'id'\n {4}at chain \(.*streams\.py:\d+\) {2}\{\}\["id"\]/,
    );
    expect(error.pythonTraceback).toMatch(
      /^Traceback \(most recent call last\):\n.*line \d+, in chain\n.*\nKeyError: 'id'\n\nThe above exception was the direct cause.*ValueError: no row\n$/s,
    );
  });
});

describe('an error that comes from no exception', () => {
  it('has the stack of the call that it ends', async () => {
    const { pool } = shared();
    async function askInVain(): Promise<void> {
      await pool.call('never_answer', {}, { timeoutMs: 50 });
    }
    const { stack } = await thrownBy(askInVain());
    expect(stack).toContain('askInVain');
    expect(stack).toMatch(/^BridgeError: never_answer did not answer within 0.05 s/);
  });
});

describe('the cause of a failure', () => {
  const exception = (type: string): PythonException => ({ type, message: '', frames: [] });
  const failure = (...types: string[]) => ({
    kind: 'failure' as const,
    id: 1,
    code: 'WORKER_FAILED',
    message: 'it failed',
    exceptions: types.map(exception),
  });

  it('is the input’s own error wherever Python met it, below what Python raised on it', () => {
    const error = new TypeError('mine');
    expect(failureOf(failure('NodeError'), 'm', { error }).cause).toBe(error);
    const wrapped = failureOf(failure('ValueError', 'OSError', 'NodeError'), 'm', { error });
    expect(wrapped.cause).toMatchObject({ name: 'OSError', cause: error });
  });

  it('is no error of this side when the input did not fail', () => {
    const { cause } = failureOf(failure('ValueError', 'NodeError'), 'm', undefined);
    expect(cause).toBeInstanceOf(PythonError);
    expect(failureOf(failure('ValueError'), 'm', undefined).cause).toBeUndefined();
  });

  it('keeps a code that the table does not know as an exception', () => {
    const error = failureOf({ ...failure(), code: 'ODD_CODE' }, 'm', undefined);
    expect(error).toMatchObject({ code: 'WORKER_FAILED', params: { exception: 'ODD_CODE' } });
  });
});
