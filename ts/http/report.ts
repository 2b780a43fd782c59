import type { Request, Response } from 'express';
import type { JobService } from '../jobs/service.js';
import { parseQuery } from './query.js';

/** `GET /api/v1/jobs/:id/report`: what a job that ended did, how long, and what fell out. */
export function reportRoute(jobs: Pick<JobService, 'report'>) {
  return async (request: Request<{ id: string }>, response: Response): Promise<void> => {
    parseQuery({}, request.query);
    response.json(await jobs.report(request.params.id));
  };
}
