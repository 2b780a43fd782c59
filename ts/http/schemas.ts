import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { WorkerPool } from '../bridge/pool.js';
import { schemaNotFound } from '../errors.js';
import { describeSchema } from '../pipeline/describe.js';
import type { SchemaRegistry } from '../schema/registry.js';
import { closeSignal } from './close-signal.js';
import { parseQuery } from './query.js';
import { tracedCalls } from './trace.js';

/** What the descriptions come from. */
export interface SchemaParts {
  readonly registry: SchemaRegistry;
  readonly pool: WorkerPool;
}

/** `GET /api/v1/schemas`: the record schemas, each in a few words. */
export function schemasRoute(registry: SchemaRegistry) {
  const text = JSON.stringify({ schemas: registry.summaries() });
  return (request: Request, response: Response): void => {
    parseQuery({}, request.query);
    sendTagged(response, text);
  };
}

/**
 * `GET /api/v1/schemas/:name`: a record schema with its JSON Schema, both generated sources, and
 * how its columns are judged.
 *
 * Schemas stay as they are while the server runs, so a worker is asked once for each.
 */
export function schemaRoute({ registry, pool }: SchemaParts) {
  const described = new Map<string, string>();
  return async (request: Request<{ name: string }>, response: Response): Promise<void> => {
    parseQuery({}, request.query);
    const { name } = request.params;
    if (registry.get(name) === undefined) throw schemaNotFound(registry, name);
    const text =
      described.get(name) ??
      (await describeSchema(tracedCalls(pool, request), name, closeSignal(response)));
    described.set(name, text);
    sendTagged(response, text);
  };
}

/** Express answers 304 where the caller has the same already. */
function sendTagged(response: Response, text: string): void {
  const tag = createHash('sha256').update(text).digest('base64url');
  response.setHeader('ETag', `"${tag}"`);
  response.type('application/json').send(text);
}
