import { type ErrorParams, errorDetail } from '../errors.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';

/**
 * A call to Python that did not bring a result.
 *
 * `code` is a stable code of `shared-schemas/wire/errors.json`; `params` are the values that its
 * text speaks of (for a failure that Python raised with details: these details);
 * `pythonTraceback` is the traceback as Python prints it, where Python raised.
 */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly pythonTraceback: string | undefined;

  constructor(
    code: ErrorCode,
    params: ErrorParams,
    options: { message?: string; pythonTraceback?: string | undefined; cause?: unknown } = {},
  ) {
    super(options.message ?? errorDetail(code, params), { cause: options.cause });
    this.code = code;
    this.params = params;
    this.pythonTraceback = options.pythonTraceback;
  }

  /** Whether the same call may succeed when it is made again. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
