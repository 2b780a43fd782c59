import type { Request, Response } from 'express';
import type { WorkerPool } from '../bridge/pool.js';
import { schemaNotFound } from '../errors.js';
import { ValidateRequestSchema, ValidateRequestSource } from '../generated/api/validate-request.js';
import type { Log } from '../observability/log.js';
import { MOST_ERRORS, RowJudge, type RowsVerdict } from '../pipeline/row-judge.js';
import type { SchemaRegistry } from '../schema/registry.js';
import { parseRequest } from '../schema/request.js';
import { wholeNumber } from '../whole-number.js';
import type { JsonBodies } from './body.js';
import { closeSignal } from './close-signal.js';
import { parseQuery } from './query.js';
import { tracedCalls } from './trace.js';

const DEFAULT_MAX_ERRORS = 1_000;

const QUERY = { max_errors: wholeNumber(0, MOST_ERRORS).default(DEFAULT_MAX_ERRORS) };

/** What rows are judged with. */
interface ValidateParts {
  readonly registry: SchemaRegistry;
  readonly pool: WorkerPool;
  readonly bodies: JsonBodies;
  readonly log: Log;
}

/** `POST /api/v1/validate`: judges rows of JSON; 200 whatever the verdict. */
export function validateRoute(parts: ValidateParts) {
  return async (request: Request, response: Response): Promise<void> => {
    const begun = performance.now();
    const signal = closeSignal(response);
    const { max_errors } = parseQuery(QUERY, request.query);
    const body = parseRequest(
      ValidateRequestSchema,
      await parts.bodies.read(request, response),
      ValidateRequestSource,
    );
    const schema = parts.registry.get(body.schema);
    if (!schema) throw schemaNotFound(parts.registry, body.schema);
    const judge = new RowJudge({
      schema,
      mode: body.mode ?? 'dual',
      maxErrors: max_errors,
      pool: tracedCalls(parts.pool, request),
      signal,
      log: parts.log,
    });
    await judge.push(body.data);
    const verdict = await judge.finish();
    const result = describeVerdict(verdict, performance.now() - begun);
    response.json({ status: 'success', result });
  };
}

function describeVerdict(verdict: RowsVerdict, durationMs: number) {
  const { total, invalid, errors, truncated, layers } = verdict;
  return {
    valid: invalid === 0,
    total_records: total,
    valid_records: total - invalid,
    invalid_records: invalid,
    errors,
    duration_ms: tenths(durationMs),
    errors_truncated: truncated,
    ...(layers && {
      layers: {
        zod: { ...layers.zod, duration_ms: tenths(layers.zod.duration_ms) },
        pydantic: { ...layers.pydantic, duration_ms: tenths(layers.pydantic.duration_ms) },
      },
    }),
  };
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
