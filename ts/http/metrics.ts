import type { Request, RequestHandler, Response } from 'express';
import type { ServerMetrics } from '../observability/metrics.js';

/** What a request that its client gave up is counted as. */
const CLIENT_CLOSED_REQUEST = 499;

/** Measures every request when it has been answered, under the route that has taken it. */
export function requestMetrics(metrics: ServerMetrics): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    response.once('close', () => {
      metrics.requestEnded({
        method: request.method,
        route: response.locals.route as string | undefined,
        status: response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST,
        seconds: (performance.now() - begun) / 1_000,
      });
    });
    next();
  };
}

/** `GET /metrics`: every metric in Prometheus's text format. */
export function metricsRoute(metrics: ServerMetrics) {
  return async (_request: Request, response: Response): Promise<void> => {
    const text = await metrics.text();
    response.setHeader('Content-Type', metrics.contentType);
    response.end(text);
  };
}
