import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Log } from '../observability/log.js';
import { traceOf } from './trace.js';

const PROBES = new Set(['/livez', '/readyz', '/startupz', '/metrics']);

/** Gives every request an id, and logs it when it has been answered; probes only at `debug`. */
export function requestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    const requestId = randomUUID();
    const { method, path } = request;
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const entry = {
        event: 'http.request',
        request_id: requestId,
        trace_id: traceOf(request)?.traceId,
        method,
        path,
        status: response.writableFinished ? response.statusCode : null,
        duration_ms: Math.round((performance.now() - begun) * 10) / 10,
      };
      log[PROBES.has(path) ? 'debug' : 'info'](entry, `${method} ${path}`);
    });
    next();
  };
}
