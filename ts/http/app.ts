import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { WorkerPool } from '../bridge/pool.js';
import { EtlError } from '../errors.js';
import type { JobService } from '../jobs/service.js';
import type { Log } from '../observability/log.js';
import { shown } from '../schema/canonical.js';
import type { SchemaRegistry } from '../schema/registry.js';
import { livezRoute, readyzRoute, startupzRoute } from './health.js';
import { jobRoute, listRoute, submitRoute } from './jobs.js';
import { problemHandler } from './problems.js';
import { rejectsRoute } from './rejects.js';
import { requestLog } from './request-log.js';
import { schemaRoute, schemasRoute } from './schemas.js';
import { validateRoute } from './validate.js';

/** What the routes work with. */
export interface AppParts {
  readonly registry: SchemaRegistry;
  readonly pool: WorkerPool;
  readonly jobs: JobService;
  readonly stateDir: string;
  /** Aborted when the server begins to shut down. */
  readonly stopping: AbortSignal;
  readonly log: Log;
}

type Methods = Partial<Record<'get' | 'post', RequestHandler<never>>>;

/** Puts the API together: the probes at the root, everything else under `/api/v1`. */
export function createApp(parts: AppParts): Express {
  const { jobs, log, registry, stopping } = parts;
  const app = express();
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(requestLog(log));
  app.use(helmet());

  route(app, '/livez', { get: livezRoute });
  route(app, '/readyz', { get: readyzRoute(parts) });
  route(app, '/startupz', { get: startupzRoute(parts) });

  const api = Router();
  route(api, '/validate', { post: validateRoute(parts) });
  route(api, '/jobs', { get: listRoute(jobs), post: submitRoute(jobs) });
  route(api, '/jobs/:id', { get: jobRoute(jobs, stopping) });
  route(api, '/jobs/:id/rejects', { get: rejectsRoute(jobs) });
  route(api, '/schemas', { get: schemasRoute(registry) });
  route(api, '/schemas/:name', { get: schemaRoute(parts) });
  app.use('/api/v1', api);

  app.use(notFound);
  app.use(problemHandler(log));
  return app;
}

/** Any method that is not among these is answered by 405. */
function route(router: Router, path: string, methods: Methods): void {
  const allowed = Object.keys(methods).map((method) => method.toUpperCase());
  const here = router.route(path);
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
}

const notFound: RequestHandler = ({ method, originalUrl }) => {
  throw new EtlError('NOT_FOUND', { method, path: shown(originalUrl) });
};
