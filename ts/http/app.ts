import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { WorkerPool } from '../bridge/pool.js';
import { EtlError } from '../errors.js';
import type { JobService } from '../jobs/service.js';
import type { Log } from '../observability/log.js';
import type { ServerMetrics } from '../observability/metrics.js';
import { shown } from '../schema/canonical.js';
import type { SchemaRegistry } from '../schema/registry.js';
import type { JsonBodies } from './body.js';
import { livezRoute, readyzRoute, startupzRoute } from './health.js';
import { jobRoute, listRoute, submitRoute } from './jobs.js';
import { metricsRoute, requestMetrics } from './metrics.js';
import { problemHandler } from './problems.js';
import { rejectsRoute } from './rejects.js';
import { reportRoute } from './report.js';
import { requestLog } from './request-log.js';
import { schemaRoute, schemasRoute } from './schemas.js';
import { validateRoute } from './validate.js';

/** What the routes work with. */
export interface AppParts {
  readonly registry: SchemaRegistry;
  readonly pool: WorkerPool;
  readonly bodies: JsonBodies;
  readonly jobs: JobService;
  readonly stateDir: string;
  /** Aborted when the server begins to shut down. */
  readonly stopping: AbortSignal;
  readonly metrics: ServerMetrics;
  readonly log: Log;
}

type Methods = Partial<Record<'get' | 'post', RequestHandler<never>>>;

const API = '/api/v1';

/** Puts the API together: probes and metrics at the root, everything else under `/api/v1`. */
export function createApp(parts: AppParts): Express {
  const { bodies, jobs, log, metrics, registry, stopping } = parts;
  const app = express();
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(requestLog(log));
  app.use(requestMetrics(metrics));
  app.use(helmet());

  const root = routesOf(app, '');
  root('/livez', { get: livezRoute });
  root('/readyz', { get: readyzRoute(parts) });
  root('/startupz', { get: startupzRoute(parts) });
  root('/metrics', { get: metricsRoute(metrics) });

  const api = Router();
  const v1 = routesOf(api, API);
  v1('/validate', { post: validateRoute(parts) });
  v1('/jobs', { get: listRoute(jobs), post: submitRoute(jobs, bodies) });
  v1('/jobs/:id', { get: jobRoute(jobs, stopping) });
  v1('/jobs/:id/rejects', { get: rejectsRoute(jobs) });
  v1('/jobs/:id/report', { get: reportRoute(jobs) });
  v1('/schemas', { get: schemasRoute(registry) });
  v1('/schemas/:name', { get: schemaRoute(parts) });
  app.use(API, api);

  app.use(notFound);
  app.use(problemHandler(log));
  return app;
}

/** Adds routes below a prefix; any method that is not among a route's is answered by 405. */
function routesOf(router: Router, prefix: string) {
  return (path: string, methods: Methods): void => {
    const allowed = Object.keys(methods).map((method) => method.toUpperCase());
    const here = router.route(path);
    here.all((_request, response, next) => {
      response.locals.route = `${prefix}${path}`;
      next();
    });
    if (methods.get) here.get(methods.get as RequestHandler);
    if (methods.post) here.post(methods.post as RequestHandler);
    here.all((request, response) => {
      response.setHeader('Allow', allowed.join(', '));
      throw new EtlError('METHOD_NOT_ALLOWED', {
        method: request.method,
        path: shown(request.originalUrl),
        allowed: allowed.join(', '),
      });
    });
  };
}

const notFound: RequestHandler = ({ method, originalUrl }) => {
  throw new EtlError('NOT_FOUND', { method, path: shown(originalUrl) });
};
