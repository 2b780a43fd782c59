import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { JobService } from '../jobs/service.js';
import { closeSignal } from './close-signal.js';
import { cursor, encodeCursor, parseQuery, wholeNumber } from './query.js';

const NDJSON = 'application/x-ndjson';
const LINES_PER_READ = 1_000;

const QUERY = { cursor: cursor.default(0), limit: wholeNumber(1, LINES_PER_READ).default(100) };

/**
 * `GET /api/v1/jobs/:id/rejects`: the dead letters of a job's latest attempt.
 *
 * As JSON a page of them; as NDJSON, by `Accept`, all of them from the cursor on.
 */
export function rejectsRoute(jobs: JobService) {
  return async (request: Request<{ id: string }>, response: Response): Promise<void> => {
    const { cursor: from, limit } = parseQuery(QUERY, request.query);
    const { id } = request.params;
    response.vary('Accept');
    if (request.accepts(['application/json', NDJSON]) === NDJSON) {
      jobs.get(id);
      response.type(NDJSON);
      await pipeline(Readable.from(allLines(jobs, id, from)), response, {
        signal: closeSignal(response),
      });
      return;
    }
    const { lines, next } = await jobs.rejects(id, from, limit);
    const nextCursor = JSON.stringify(encodeCursor(next));
    response
      .type('application/json')
      .send(`{"rejects":[${lines.join(',')}],"next_cursor":${nextCursor}}`);
  };
}

async function* allLines(jobs: JobService, id: string, from: number): AsyncGenerator<string> {
  let at: number | undefined = from;
  while (at !== undefined) {
    const page = await jobs.rejects(id, at, LINES_PER_READ);
    if (page.lines.length > 0) yield `${page.lines.join('\n')}\n`;
    at = page.next;
  }
}
