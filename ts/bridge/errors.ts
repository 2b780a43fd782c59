import { ERRORS, type ErrorCode } from '../generated/errors.js';

/** The text of an error of the table, its placeholders filled with `params`. */
export function errorDetail(code: ErrorCode, params: Readonly<Record<string, unknown>>): string {
  return ERRORS[code].detail.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(params[name] ?? '?'),
  );
}

/** Whether a code that came over the wire stands in the error table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

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
  readonly params: Readonly<Record<string, unknown>>;
  readonly pythonTraceback: string | undefined;

  constructor(
    code: ErrorCode,
    params: Readonly<Record<string, unknown>>,
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
