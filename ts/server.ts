import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { messageOf, StartError, systemCode } from './errors.js';
import { createApp } from './http/app.js';
import { JsonBodies, memoryOfBodies } from './http/body.js';
import { cutStalled } from './http/stalled.js';
import { DataRoots } from './jobs/paths.js';
import { sweepRunFolders } from './jobs/run-folder.js';
import { JobService } from './jobs/service.js';
import { JobStore } from './jobs/store.js';
import { type Log, openLog } from './observability/log.js';
import { ServerMetrics } from './observability/metrics.js';
import { readSettings, type SettingName, type Settings } from './settings.js';
import { VERSION } from './version.js';
import {
  jobCapacity,
  loadExtensions,
  loadSchemas,
  openJobWorkers,
  openWorkers,
} from './workers.js';

const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;
const TIMEOUT_CHECK_MS = 5_000;
/** How long a client may leave the rest of its request unsent, or its answer unread. */
const STALLED_MS = 30_000;
const KEEP_ALIVE_MS = 5_000;
const DRAIN_MS = 3_000;
const IDLE_CHECK_MS = 50;
/** Connections that come at once: whoever has no place among calls is to be told so, not dropped. */
const BACKLOG = 4_096;
/** Takes the place of a worker that is lost while a new one starts. */
const WARM_SPARES = 1;

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /**
   * Stops it and leaves nothing behind: no more connections, running jobs go back to the queue
   * for the next start, workers end. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

/**
 * Starts the ETL server in this process.
 *
 * It listens when this resolves; `/readyz` answers 200 as soon as a Python worker is ready.
 *
 * @param overrides - settings by their environment names, over those of `process.env`, such as
 *   `{ PORT: '0', LOG_LEVEL: 'warn' }`.
 * @throws StartError for bad settings, a folder that cannot be used, a schema that does not
 *   compile, a business rule that cannot be loaded, a taken port: each problem a line with what to do.
 */
export async function startServer(
  overrides: Partial<Record<SettingName, string>> = {},
): Promise<RunningServer> {
  const settings = readSettings({ ...process.env, ...overrides });
  const log = openLog(settings.logLevel, 1);
  const opened: (() => Promise<void>)[] = [];
  try {
    return await start(settings, log, opened);
  } catch (error) {
    for (const undo of opened.reverse()) await undo();
    throw error;
  }
}

/** The start, stage by stage; `opened` says how to undo those that were reached. */
async function start(
  settings: Settings,
  log: Log,
  opened: (() => Promise<void>)[],
): Promise<RunningServer> {
  const { stateDir } = settings;
  await openStateDir(stateDir);
  const roots = await DataRoots.open(settings.dataRoots, stateDir);
  const store = JobStore.open(join(stateDir, 'jobs.sqlite'));
  opened.push(async () => store.close());
  const registry = await loadSchemas(settings);
  const extensions = await loadExtensions(settings, log);
  const metrics = new ServerMetrics(VERSION);
  const pool = await openWorkers(settings, registry, settings.workers, log, {
    extensions,
    spares: WARM_SPARES,
    metrics,
  });
  opened.push(() => pool.close());
  const capacity = jobCapacity(settings);
  const jobsPool = await openJobWorkers(settings, registry, capacity, log, { extensions, metrics });
  opened.push(() => jobsPool.close());
  for (const watched of [pool, jobsPool]) metrics.watch(watched);
  const jobs = new JobService({
    ...capacity,
    store,
    pool: jobsPool,
    roots,
    registry,
    stateDir,
    log,
  });

  const stopping = new AbortController();
  const { signal } = stopping;
  const bodies = new JsonBodies(memoryOfBodies(settings.memoryLimit));
  const app = createApp({
    registry,
    pool,
    bodies,
    jobs,
    stateDir,
    stopping: signal,
    metrics,
    log,
  });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    app,
  );
  cutStalled(server, STALLED_MS);
  await sweepRunFolders(stateDir, log);
  await jobs.recover();
  const url = await listen(server, settings);
  jobs.start();
  log.info({ event: 'server.listening', url, pid: process.pid }, `listening on ${url}`);

  let closing: Promise<void> | undefined;
  const close = async () => {
    log.info({ event: 'server.stopping' }, 'shutting down');
    stopping.abort();
    await Promise.all([closeServer(server), jobs.stop()]);
    await pool.close();
    store.close();
    log.info({ event: 'server.stopped' }, 'stopped');
  };
  return {
    url,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function openStateDir(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
  } catch (error) {
    const problem = `ETL_STATE_DIR=${JSON.stringify(path)}: cannot be written (${systemCode(error)}); give the server write access to it, or name another folder`;
    throw new StartError([problem], { cause: error });
  }
}

function listen(server: Server, { port, host }: Settings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason =
        systemCode(error) === 'EADDRINUSE'
          ? 'is taken; stop what listens there, or choose another, as in PORT=3001 npm start'
          : `cannot be listened on: ${messageOf(error)}`;
      reject(new StartError([`PORT=${port}: ${host}:${port} ${reason}`], { cause: error }));
    });
    server.listen(port, host, BACKLOG, () => {
      const { address, family, port: bound } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
    });
  });
}

/** Answers under way get a little time to come to their end; connections without one end now. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
