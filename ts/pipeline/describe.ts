import type { PythonCaller } from './layers.js';

/** A worker describes a schema in a moment; one that is silent this long hangs. */
const SILENCE_MS = 30_000;

/**
 * Has a worker describe a record schema that it knows.
 *
 * @returns a `SchemaDescription` as JSON text.
 */
export async function describeSchema(
  pool: PythonCaller,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const options = { silenceMs: SILENCE_MS, signal };
  const reply = await pool.call('describe_schema', { schema: name }, options);
  const text = Buffer.from(reply.body ?? []).toString('utf8');
  reply.release();
  return text;
}
