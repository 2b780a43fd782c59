import type { ErrorRequestHandler, Request, Response } from 'express';
import { BridgeError } from '../bridge/errors.js';
import { EtlError, errorDetail } from '../errors.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import type { Log } from '../observability/log.js';
import { traceOf } from './trace.js';

const RETRY_AFTER_S = 1;
/** Codes of which the log keeps the cause. */
const DEFECTS: ReadonlySet<ErrorCode> = new Set([
  'INTERNAL',
  'WORKER_FAILED',
  'RULE_FAILED',
  'PROTOCOL_MISMATCH',
]);

/** How long a body that nobody wants may still come in, so that its sender can read the answer. */
const LINGER_MS = 2_000;

/** An error as RFC 9457 has it, with our members `code` and `errors`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly errors: readonly object[];
  readonly [member: string]: unknown;
}

/**
 * Describes an error to its caller.
 *
 * What Python raised may quote code and data: the caller gets the id to find it by in the log.
 */
export function problemOf(error: EtlError | BridgeError, requestId: string): Problem {
  const { status, title } = ERRORS[error.code];
  const jobId = error.params.job_id;
  return {
    type: `urn:etl-polyglot:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status: status ?? ERRORS.INTERNAL.status,
    detail:
      error.code === 'WORKER_FAILED'
        ? errorDetail('INTERNAL', { request_id: requestId })
        : errorDetail(error.code, error.params),
    instance: `urn:uuid:${requestId}`,
    code: error.code,
    errors: error instanceof EtlError ? error.errors : [],
    ...(typeof jobId === 'string' && { job_id: jobId }),
  };
}

/** Answers with a problem; `members` are added to it. */
export function sendProblem(
  response: Response,
  error: EtlError | BridgeError,
  members: Readonly<Record<string, unknown>> = {},
): void {
  const problem = problemOf(error, String(response.locals.requestId));
  if (ERRORS[error.code].retryable) response.setHeader('Retry-After', RETRY_AFTER_S);
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem, ...members }));
}

/** The last handler: whatever was thrown becomes a problem; what nobody foresaw is logged. */
export function problemHandler(log: Log): ErrorRequestHandler {
  // Express tells handlers of errors by their four parameters.
  return (thrown: unknown, request, response, _next) => {
    if (response.headersSent || request.socket.destroyed) {
      log.debug({ event: 'http.cut', error: thrown }, 'an answer was cut');
      response.destroy();
      return;
    }
    if (!request.complete) cutAfterAnswer(request, response);
    const requestId = String(response.locals.requestId);
    const error =
      foreseen(thrown, request.path) ?? new EtlError('INTERNAL', { request_id: requestId });
    if (DEFECTS.has(error.code)) {
      const trace_id = traceOf(request)?.traceId;
      log.error(
        { event: 'http.failed', request_id: requestId, trace_id, error: thrown },
        'a request failed',
      );
    }
    sendProblem(response, error);
  };
}

function foreseen(thrown: unknown, path: string): EtlError | BridgeError | undefined {
  if (thrown instanceof EtlError || thrown instanceof BridgeError) return thrown;
  // The router throws it for a path such as /api/v1/jobs/%ff.
  if (thrown instanceof URIError) {
    return new EtlError('INVALID_REQUEST', { reason: `${path} is not a well-formed URL path.` });
  }
  return undefined;
}

/** Closing at once would reset the connection, and the answer would be lost on its way. */
function cutAfterAnswer(request: Request, response: Response): void {
  request.resume();
  response.once('finish', () => {
    setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, LINGER_MS).unref();
  });
}
