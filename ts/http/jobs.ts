import type { Request, Response } from 'express';
import { z } from 'zod';
import { EtlError } from '../errors.js';
import { JobRequestSchema, JobRequestSource } from '../generated/api/job-request.js';
import { JOB_STATES } from '../jobs/resource.js';
import type { JobService } from '../jobs/service.js';
import { parseRequest } from '../schema/request.js';
import { wholeNumber } from '../whole-number.js';
import type { JsonBodies } from './body.js';
import { cursor, encodeCursor, parseQuery } from './query.js';
import { waitSignal } from './wait-signal.js';

/** A page of the list carries as many requests as it has jobs. */
const JOB_BODY_LIMIT = 2 ** 16;
const LONGEST_WAIT_S = 60;
const LONGEST_KEY = 255;

const JOB_QUERY = { wait: wholeNumber(0, LONGEST_WAIT_S).default(0) };
const LIST_QUERY = {
  state: z.enum(JOB_STATES, { error: `one of ${JOB_STATES.join(', ')}` }).optional(),
  cursor: cursor.optional(),
  limit: wholeNumber(1, 1_000).default(100),
};

/** `POST /api/v1/jobs`: 202 and the new job, or 200 and the job of the same request before. */
export function submitRoute(jobs: JobService, bodies: JsonBodies) {
  return async (request: Request, response: Response): Promise<void> => {
    parseQuery({}, request.query);
    const body = await bodies.read(request, response, JOB_BODY_LIMIT);
    const wanted = parseRequest(JobRequestSchema, body, JobRequestSource);
    const { job, created } = await jobs.submit(wanted, idempotencyKey(request));
    response
      .status(created ? 202 : 200)
      .location(`${request.baseUrl}/jobs/${job.job_id}`)
      .json(job);
  };
}

/** `GET /api/v1/jobs`: a page of jobs, newest first. */
export function listRoute(jobs: JobService) {
  return (request: Request, response: Response): void => {
    const { state, cursor: before, limit } = parseQuery(LIST_QUERY, request.query);
    const page = jobs.list({
      limit,
      ...(state && { state }),
      ...(before !== undefined && { before }),
    });
    response.json({ jobs: page.jobs, next_cursor: encodeCursor(page.next) });
  };
}

/** `GET /api/v1/jobs/:id`: one job; `?wait=SECONDS` answers when it ends, or after that time. */
export function jobRoute(jobs: JobService, stopping: AbortSignal) {
  return async (request: Request<{ id: string }>, response: Response): Promise<void> => {
    const { wait } = parseQuery(JOB_QUERY, request.query);
    const { id } = request.params;
    if (wait === 0) {
      response.json(jobs.get(id));
      return;
    }
    response.json(await jobs.wait(id, waitSignal(response, wait * 1_000, stopping)));
  };
}

function idempotencyKey(request: Request): string | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return null;
  if (key.length > 0 && key.length <= LONGEST_KEY) return key;
  const reason = `Idempotency-Key must have 1 to ${LONGEST_KEY} characters.`;
  throw new EtlError('INVALID_REQUEST', { reason });
}
