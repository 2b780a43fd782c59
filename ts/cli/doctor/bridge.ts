import { randomBytes } from 'node:crypto';
import { BridgeError } from '../../bridge/errors.js';
import type { WorkerPool } from '../../bridge/pool.js';
import { openLog } from '../../observability/log.js';
import type { SchemaRegistry } from '../../schema/registry.js';
import type { Settings } from '../../settings.js';
import { openWorkers } from '../../workers.js';
import { type Finding, fail, ok, warn } from './finding.js';

const BODY_BYTES = 2 ** 20;
const DEADLINE_MS = 30_000;

/** Starts a worker, and sends a body there and back. */
export async function checkBridge(
  settings: Settings,
  registry: SchemaRegistry,
  signal: AbortSignal,
): Promise<Finding[]> {
  const begun = performance.now();
  const pool = await openWorkers(settings, registry, 1, openLog('silent', 2));
  try {
    await pool.ready(signal);
    const started = ok('worker', `started in ${since(begun)}`);
    return [started, await checkSharedMemory(pool, signal)];
  } catch (error) {
    if (!(error instanceof BridgeError) || signal.aborted) throw error;
    return [fail('worker', error.message, 'mend what it says; etl serve would not get ready')];
  } finally {
    await pool.close();
  }
}

async function checkSharedMemory(pool: WorkerPool, signal: AbortSignal): Promise<Finding> {
  const check = 'shared memory';
  const body = randomBytes(BODY_BYTES);
  const begun = performance.now();
  const reply = await pool.call('echo', {}, { body, signal, timeoutMs: DEADLINE_MS });
  const told = `1 MiB there and back in ${since(begun)}`;
  const isSame = reply.body !== undefined && body.equals(reply.body);
  const { path, bytesCopied } = reply.transfer;
  reply.release();
  if (!isSame) return fail(check, `${told}, changed on its way`, 'please report it');
  if (path === 'shared') return ok(check, `${told}, ${bytesCopied} bytes copied by the readers`);
  const { inlineReason } = pool.status();
  const advice = 'it works, but slower for large bodies; let this user map shared memory';
  return warn(check, `${told} through the pipes: ${inlineReason ?? 'unknown'}`, advice);
}

function since(begun: number): string {
  return `${Math.round((performance.now() - begun) * 10) / 10} ms`;
}
