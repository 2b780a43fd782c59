import { ERRORS, type ErrorCode } from './generated/errors.js';
import { shown } from './schema/canonical.js';
import type { ErrorRecord } from './schema/error-record.js';

/** Values for the `{placeholders}` of a detail template. */
export type ErrorParams = Readonly<Record<string, unknown>>;

/** The text of an error of the table, its placeholders filled with `params`. */
export function errorDetail(code: ErrorCode, params: ErrorParams): string {
  return ERRORS[code].detail.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(params[name] ?? '?'),
  );
}

/** Whether a code that came over the wire stands in the table of errors. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/**
 * An error that a caller may see, by its code in the one table of errors.
 *
 * @param code - a code of `shared-schemas/wire/errors.json`.
 * @param params - what the code's detail template names.
 * @param options - `errors`: the places at fault in what was sent; `cause`: what led here;
 *   `message`: in place of the text of the table.
 */
export class EtlError extends Error {
  override readonly name = 'EtlError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly errors: readonly Partial<ErrorRecord>[];

  constructor(
    code: ErrorCode,
    params: ErrorParams,
    options: {
      errors?: readonly Partial<ErrorRecord>[];
      cause?: unknown;
      message?: string;
    } = {},
  ) {
    const { message = errorDetail(code, params) } = options;
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.params = params;
    this.errors = options.errors ?? [];
  }
}

/** The server cannot start as it is configured: one problem a line, each with what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options: { cause?: unknown } = {}) {
    super(problems.join('\n'), options.cause === undefined ? {} : { cause: options.cause });
    this.problems = problems;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of an operating system's or library's error, such as `ENOENT`. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** The error for a record schema that is not there, with the name that was perhaps meant. */
export function schemaNotFound(
  registry: { names(): readonly string[]; suggest(name: string): string | undefined },
  name: string,
): EtlError {
  const near = registry.suggest(name);
  return new EtlError('SCHEMA_NOT_FOUND', {
    name: shown(name),
    suggestion: near === undefined ? '' : ` (did you mean ${near}?)`,
    known: registry.names().join(', '),
  });
}
