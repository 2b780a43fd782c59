import { type ErrorParams, errorDetail } from '../errors.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import { type CallSite, mergedStack, type PythonException, pythonTraceback } from './stack.js';

export interface BridgeErrorOptions {
  /** In place of the text of the table. */
  message?: string;
  cause?: unknown;
  /** What Python raised: the exception that the error stands for, then its causes. */
  exceptions?: readonly PythonException[] | undefined;
}

/**
 * A call to Python that did not bring a result.
 *
 * `code` is a stable code of `shared-schemas/wire/errors.json`; `params` are the values that its
 * text speaks of (for a failure that Python raised with details: these details). `stack` is one
 * stack of both languages: the Python frames with their source lines, innermost first, then the
 * JavaScript frames of whoever made the call. `cause` is the Python exception behind it, a
 * `PythonError`; where the call's input failed, it is the very error that the input threw.
 * `pythonTraceback` is the traceback as Python prints it.
 */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly #exceptions: readonly PythonException[];

  constructor(code: ErrorCode, params: ErrorParams, options: BridgeErrorOptions = {}) {
    const { message = errorDetail(code, params), cause, exceptions = [] } = options;
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.params = params;
    this.#exceptions = exceptions;
    if (exceptions.length > 0) this.stack = this.#merged(undefined);
  }

  /** Not a field: whoever prints the error prints its fields, and the stack has it all. */
  get pythonTraceback(): string | undefined {
    return this.#exceptions.length === 0 ? undefined : pythonTraceback(this.#exceptions);
  }

  /** Makes the stack the one of the call that failed, below what it has of Python. */
  showCaller(site: CallSite): void {
    this.stack = this.#merged(site);
  }

  /** Whether the same call may succeed when it is made again. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  #merged(site: CallSite | undefined): string {
    return mergedStack(`${this.name}: ${this.message}`, this.#exceptions[0], site);
  }
}

/** An exception of Python's that led to a `BridgeError`: `name` is its type. */
export class PythonError extends Error {
  override readonly name: string;

  constructor(exception: PythonException, cause: unknown) {
    super(exception.message, cause === undefined ? {} : { cause });
    this.name = exception.type;
    this.stack = mergedStack(`${exception.type}: ${exception.message}`, exception, undefined);
  }
}
