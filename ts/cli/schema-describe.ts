import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaNotFound } from '../errors.js';
import { openLog } from '../observability/log.js';
import { describeSchema } from '../pipeline/describe.js';
import { readSettings } from '../settings.js';
import { loadSchemas, openWorkers } from '../workers.js';
import { schemaChoice } from './schema-choice.js';

/** Which schemas: one, by its name or its file, or all of a folder. */
export type Chosen = { readonly schema: string } | { readonly folder: string | undefined };

/**
 * Describes record schemas as `GET /api/v1/schemas/:name` does.
 *
 * @param chosen - a `schema`, or every one of a `folder`, which is ETL_SCHEMA_DIR by default.
 * @returns a `SchemaDescription` for each as JSON text, by name.
 * @throws StartError with each problem of a schema that does not compile; EtlError
 *   `SCHEMA_NOT_FOUND`.
 */
export async function describeSchemas(chosen: Chosen, signal: AbortSignal): Promise<string[]> {
  const own = await mkdtemp(join(tmpdir(), 'etl-schema-'));
  try {
    return await describeIn(own, chosen, signal);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function describeIn(own: string, chosen: Chosen, signal: AbortSignal): Promise<string[]> {
  const fromEnvironment = readSettings({ LOG_LEVEL: 'warn', ...process.env });
  const log = openLog(fromEnvironment.logLevel, 2);
  const { name, schemaDir, describe } = await choice(chosen, fromEnvironment.schemaDir, own);
  const settings = { ...fromEnvironment, stateDir: own, schemaDir, pythonDir: undefined };
  const registry = await loadSchemas(settings, describe);
  if (name !== undefined && !registry.get(name)) throw schemaNotFound(registry, name);
  const names = name === undefined ? registry.names() : [name];
  const pool = await openWorkers(settings, registry, 1, log, { sharedMemory: false });
  try {
    const described: string[] = [];
    for (const one of names) described.push(await describeSchema(pool, one, signal));
    return described;
  } finally {
    await pool.close();
  }
}

interface Choice {
  readonly name?: string;
  readonly schemaDir: string;
  readonly describe: ((problem: string) => string) | undefined;
}

async function choice(chosen: Chosen, schemaDir: string, own: string): Promise<Choice> {
  if ('schema' in chosen) return schemaChoice(chosen.schema, schemaDir, own, chosen.schema);
  if (chosen.folder === undefined) return { schemaDir, describe: undefined };
  return { schemaDir: chosen.folder, describe: (problem) => problem };
}
