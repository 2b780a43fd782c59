import { access, constants } from 'node:fs/promises';
import type { Request, Response } from 'express';
import type { WorkerPool } from '../bridge/pool.js';
import { EtlError, messageOf } from '../errors.js';
import type { JobService } from '../jobs/service.js';
import { sendProblem } from './problems.js';

/** What readiness is judged by. */
export interface HealthParts {
  readonly pool: WorkerPool;
  readonly jobs: JobService;
  readonly stateDir: string;
  readonly stopping: AbortSignal;
}

/** `GET /livez`: the process answers; it touches nothing else. */
export function livezRoute(_request: Request, response: Response): void {
  response.json({ status: 'live' });
}

/** `GET /startupz`: 503 until a worker has shaken hands. */
export function startupzRoute({ pool }: HealthParts) {
  return (_request: Request, response: Response): void => {
    const workers = pool.status();
    if (workers.ready > 0) response.json({ status: 'started' });
    else sendNotReady(response, [workersReason(pool)]);
  };
}

/** `GET /readyz`: 200 when calls and jobs can be taken, else 503 with every reason. */
export function readyzRoute(parts: HealthParts) {
  return async (_request: Request, response: Response): Promise<void> => {
    const { workers, ready, restarts, sharedMemory } = parts.pool.status();
    const state = {
      workers: { size: workers, ready, restarts },
      shared_memory: sharedMemory,
    };
    const reasons = await reasonsAgainst(parts);
    if (reasons.length > 0) sendNotReady(response, reasons, state);
    else response.json({ status: 'ready', reasons, ...state });
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
