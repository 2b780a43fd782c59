import { inspect } from 'node:util';
import type { CallOptions } from './call.js';
import { BridgeError } from './errors.js';

const LIMITS = ['timeoutMs', 'silenceMs', 'stopWithinMs'] as const;
const MAX_SHOWN = 80;

/**
 * Refuses options that are of another kind than their types say, as they come from JavaScript or
 * from arithmetic: a worker that is sent what is no message ends, with all its calls.
 *
 * @param name - What the call is called.
 * @throws BridgeError INVALID_REQUEST with the option, what it takes and what came.
 */
export function checkOptions(name: string, options: CallOptions): void {
  const check = (option: keyof CallOptions, isRight: boolean, takes: string): void => {
    const value = options[option];
    if (value === undefined || isRight) return;
    const came = inspect(value, { depth: 0, breakLength: Infinity }).slice(0, MAX_SHOWN);
    const reason = `The option ${option} of ${name} takes ${takes}, not ${came}.`;
    throw new BridgeError('INVALID_REQUEST', { reason });
  };
  for (const option of LIMITS) {
    const value: unknown = options[option];
    const isLimit = typeof value === 'number' && value > 0;
    check(option, isLimit, 'a number of milliseconds above 0, or Infinity for no limit');
  }
  const { signal, inline, retry, onEvent } = options;
  check('signal', signal instanceof AbortSignal, 'an AbortSignal');
  check('inline', typeof inline === 'boolean', 'true or false');
  check('retry', typeof retry === 'boolean', 'true or false');
  check('onEvent', typeof onEvent === 'function', 'a function');
  check('refersToBody', typeof options.refersToBody === 'function', 'a function');
  check('body', isBody(options.body), 'a Uint8Array or an object that writes itself');
  check('traceparent', typeof options.traceparent === 'string', 'a string');
}

function isBody(body: CallOptions['body']): boolean {
  return body instanceof Uint8Array || typeof body?.write === 'function';
}
