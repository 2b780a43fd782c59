import { access, constants } from 'node:fs/promises';
import type { Request, Response } from 'express';
import type { WorkerPool } from '../bridge/pool.js';
import { EtlError, messageOf } from '../errors.js';
import type { JobService } from '../jobs/service.js';
import type { JsonBodies } from './body.js';
import { sendProblem } from './problems.js';

/** What readiness is judged by. */
export interface HealthParts {
  readonly pool: WorkerPool;
  readonly bodies: JsonBodies;
  readonly jobs: JobService;
  readonly stateDir: string;
  readonly stopping: AbortSignal;
}

/** `GET /livez`: the process answers; it touches nothing else. */
export function livezRoute(_request: Request, response: Response): void {
  response.json({ status: 'live' });
}

/** `GET /startupz`: 503 until a worker has shaken hands; one that is lost later changes nothing. */
export function startupzRoute({ pool }: Pick<HealthParts, 'pool'>) {
  let hasStarted = false;
  return (_request: Request, response: Response): void => {
    hasStarted ||= pool.status().ready > 0;
    if (hasStarted) response.json({ status: 'started' });
    else sendNotReady(response, [workersReason(pool)]);
  };
}

/** `GET /readyz`: 200 when calls and jobs can be taken, else 503 with every reason. */
export function readyzRoute(parts: HealthParts) {
  return async (_request: Request, response: Response): Promise<void> => {
    const state = describeState(parts);
    const reasons = await reasonsAgainst(parts);
    if (reasons.length > 0) sendNotReady(response, reasons, state);
    else response.json({ status: 'ready', reasons, ...state });
  };
}

/** How much is there, and how much of it is taken; sizes in bytes. */
function describeState({ pool, bodies }: HealthParts) {
  const { workers, ready, spares, restarts, running, queued, ...rest } = pool.status();
  return {
    workers: { size: workers, ready, spares, restarts },
    calls: { running, queued },
    shared_memory: rest.sharedMemory,
    inline_reason: rest.inlineReason,
    inline_bodies: rest.inlineBodies,
    memory: rest.memory,
    json_bodies: bodies.status(),
  };
}

async function reasonsAgainst(parts: HealthParts): Promise<string[]> {
  const reasons: string[] = [];
  if (parts.stopping.aborted) reasons.push('the server is shutting down');
  if (parts.pool.status().ready === 0) reasons.push(workersReason(parts.pool));
  try {
    parts.jobs.check();
  } catch (error) {
    reasons.push(`the job store does not answer: ${messageOf(error)}`);
  }
  try {
    await access(parts.stateDir, constants.W_OK);
  } catch (error) {
    reasons.push(`the state folder cannot be written: ${messageOf(error)}`);
  }
  return reasons;
}

function workersReason(pool: WorkerPool): string {
  return `no Python worker is ready: ${pool.status().reason ?? 'starting'}`;
}

function sendNotReady(response: Response, reasons: string[], members = {}): void {
  const error = new EtlError('NOT_READY', { reason: `${reasons.join('; ')}.` });
  sendProblem(response, error, { reasons, ...members });
}
