import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { AttemptFiles } from '../jobs/record.js';
import { readRejects } from '../jobs/rejects.js';
import { isLineStart } from '../pipeline/lines.js';
import { wholeNumber } from '../whole-number.js';
import { closeSignal } from './close-signal.js';
import { badQuery, cursor, encodeCursor, NEXT_CURSOR, parseQuery } from './query.js';

const NDJSON = 'application/x-ndjson';
const LINES_PER_READ = 1_000;

const QUERY = { cursor: cursor.default(0), limit: wholeNumber(1, LINES_PER_READ).default(100) };

/** What tells where the dead letters of a job's latest attempt lie. */
interface Jobs {
  files(jobId: string): Pick<AttemptFiles, 'rejects'>;
}

/**
 * `GET /api/v1/jobs/:id/rejects`: the dead letters of a job's latest attempt.
 *
 * As JSON a page of them; as NDJSON, by `Accept`, all of them from the cursor on.
 */
export function rejectsRoute(jobs: Jobs) {
  return async (request: Request<{ id: string }>, response: Response): Promise<void> => {
    const { cursor: from, limit } = parseQuery(QUERY, request.query);
    const { rejects: path } = jobs.files(request.params.id);
    if (!(await isLineStart(path, from))) {
      throw badQuery([{ field: 'cursor', message: `must be ${NEXT_CURSOR}` }]);
    }
    response.vary('Accept');
    if (request.accepts(['application/json', NDJSON]) === NDJSON) {
      response.type(NDJSON);
      await pipeline(Readable.from(allLines(path, from)), response, {
        signal: closeSignal(response),
      });
      return;
    }
    const { lines, next } = await readRejects(path, from, limit);
    const nextCursor = JSON.stringify(encodeCursor(next));
    response
      .type('application/json')
      .send(`{"rejects":[${lines.join(',')}],"next_cursor":${nextCursor}}`);
  };
}

async function* allLines(path: string, from: number): AsyncGenerator<string> {
  let at: number | undefined = from;
  while (at !== undefined) {
    const page = await readRejects(path, at, LINES_PER_READ);
    if (page.lines.length > 0) yield `${page.lines.join('\n')}\n`;
    at = page.next;
  }
}
