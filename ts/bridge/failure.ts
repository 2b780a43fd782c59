import { isErrorCode } from '../errors.js';
import type { FailureFrame } from '../generated/wire/failure.js';
import { BridgeError, PythonError } from './errors.js';
import type { PythonException } from './stack.js';

/** What Python calls the error of an input stream. */
const NODE_ERROR = 'NodeError';

/** What the input of a call threw. */
export interface InputFailure {
  readonly error: unknown;
}

/** The error that a caller gets for a failure that Python sent. */
export function failureOf(
  frame: FailureFrame,
  method: string,
  inputFailure: InputFailure | undefined,
): BridgeError {
  const { code, message, details = {}, exceptions = [] } = frame;
  const options = { message, exceptions, cause: causeOf(exceptions, inputFailure) };
  if (isErrorCode(code)) return new BridgeError(code, details, options);
  const params = { ...details, method, exception: code, message };
  return new BridgeError('WORKER_FAILED', params, options);
}

/** The exceptions behind the first; the input's error is the caller's own object again. */
function causeOf(
  exceptions: readonly PythonException[],
  inputFailure: InputFailure | undefined,
): unknown {
  let cause: unknown;
  for (const [depth, exception] of [...exceptions.entries()].toReversed()) {
    if (inputFailure !== undefined && exception.type === NODE_ERROR) cause = inputFailure.error;
    else if (depth > 0) cause = new PythonError(exception, cause);
  }
  return cause;
}
