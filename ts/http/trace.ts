import type { Request } from 'express';
import type { CallOptions } from '../bridge/call.js';
import type { WorkerPool } from '../bridge/pool.js';
import type { PythonCaller } from '../pipeline/layers.js';

/** The trace that a request belongs to. */
export interface Trace {
  /** As W3C Trace Context writes it, version 00. */
  readonly traceparent: string;
  readonly traceId: string;
}

/** Version, trace id, parent id and flags; ids of zeros and version ff are invalid. */
const TRACEPARENT =
  /^(?<version>(?!ff)[0-9a-f]{2})-(?<id>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?<more>-.*)?$/;
const LENGTH = 55;

/**
 * Reads the `traceparent` header, by https://www.w3.org/TR/trace-context/: of a later version the
 * part that version 00 has.
 *
 * @returns undefined for a request without the header, or with one that is not valid.
 */
export function traceOf(request: Pick<Request, 'headers'>): Trace | undefined {
  const header = String(request.headers.traceparent ?? '');
  const { version, id, more } = TRACEPARENT.exec(header)?.groups ?? {};
  if (id === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceparent: `00${header.slice(2, LENGTH)}`, traceId: id };
}

/** The pool as one request uses it: its calls belong to the request's trace. */
export function tracedCalls(pool: WorkerPool, request: Request): PythonCaller {
  const trace = traceOf(request);
  if (trace === undefined) return pool;
  const { traceparent } = trace;
  return {
    call: <T>(method: string, params: object, options: CallOptions = {}) =>
      pool.call<T>(method, params, { ...options, traceparent }),
  };
}
