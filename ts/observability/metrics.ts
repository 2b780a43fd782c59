import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BridgeMetrics, CallEnd, WorkerEnd } from '../bridge/metrics.js';
import type { PoolStatus } from '../bridge/pool.js';

/** From a small call to a job of an hour. */
const CALL_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  60, 600, 3600,
];
/** Those of OpenTelemetry's `http.server.request.duration`, and two for long polls. */
const REQUEST_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
];
const HTTP_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** What a label says in place of what a client could make up. */
const OTHER = '_OTHER';

/** A request that has been answered, or given up. */
export interface RequestEnd {
  readonly method: string;
  /** The route that took it, with its parameters unfilled; undefined when none did. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

/**
 * The metrics of one server, in a registry of its own.
 *
 * What happens is counted as it happens; what is the state of a pool is asked at each scrape. No
 * label takes a value that a client could choose.
 */
export class ServerMetrics implements BridgeMetrics {
  readonly #registry = new Registry();
  readonly #pools: { status(): PoolStatus }[] = [];
  readonly #requests: Histogram;
  readonly #calls: Histogram;
  readonly #bytes: Counter;
  readonly #restarts: Counter;

  /** @param version - of this package. */
  constructor(version: string) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'How long HTTP requests took; status 499 is a client that went away.',
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: REQUEST_SECONDS,
      registers,
    });
    this.#calls = new Histogram({
      name: 'etl_bridge_call_duration_seconds',
      help: 'How long calls to Python took, waiting included.',
      labelNames: ['method'],
      buckets: CALL_SECONDS,
      registers,
    });
    this.#bytes = new Counter({
      name: 'etl_bridge_bytes_total',
      help: 'Bytes of bodies by the way they took, and whether the reading side copied them.',
      labelNames: ['path', 'kind'],
      registers,
    });
    for (const path of ['shared', 'inline']) {
      for (const kind of ['copied', 'mapped']) this.#bytes.inc({ path, kind }, 0);
    }
    this.#restarts = new Counter({
      name: 'etl_worker_restarts_total',
      help: 'Python workers that were replaced: planned (recycle) or not.',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of ['crash', 'hang', 'recycle', 'start']) this.#restarts.inc({ reason }, 0);
    this.#addStates(registers);
    new Gauge({
      name: 'etl_build_info',
      help: 'What runs here; always 1.',
      labelNames: ['version', 'node_version'],
      registers,
    }).set({ version, node_version: process.versions.node }, 1);
  }

  /** Adds a pool to those whose states are asked at each scrape. */
  watch(pool: { status(): PoolStatus }): void {
    this.#pools.push(pool);
  }

  requestEnded({ method, route = OTHER, status, seconds }: RequestEnd): void {
    const labels = {
      http_request_method: HTTP_METHODS.has(method) ? method : OTHER,
      http_route: route,
      http_response_status_code: status,
    };
    this.#requests.observe(labels, seconds);
  }

  callEnded({ method, seconds, transfer }: CallEnd): void {
    this.#calls.observe({ method }, seconds);
    if (transfer === undefined) return;
    const { path, bytesCopied, bytesMapped } = transfer;
    this.#bytes.inc({ path, kind: 'copied' }, bytesCopied);
    this.#bytes.inc({ path, kind: 'mapped' }, bytesMapped);
  }

  workerEnded({ reason }: WorkerEnd): void {
    this.#restarts.inc({ reason });
  }

  /** The media type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Every metric, in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #addStates(registers: Registry[]): void {
    const labelNames = ['state'];
    const add = (name: string, help: string, amounts: StateAmounts) => {
      const collect = function (this: Gauge) {
        for (const [state, amount] of Object.entries(amounts)) {
          this.set({ state }, total(amount));
        }
      };
      new Gauge({ name, help, labelNames, registers, collect });
    };
    const total = (amount: (status: PoolStatus) => number) =>
      this.#pools.reduce((sum, pool) => sum + amount(pool.status()), 0);
    add('etl_workers', 'Python workers: ready for calls, starting, or warm and waiting (spare).', {
      ready: ({ ready }) => ready,
      starting: ({ workers, ready }) => Math.max(0, workers - ready),
      spare: ({ spares }) => spares,
    });
    const shared = 'Shared memory for bodies of calls: allowed, allocated, and in use.';
    add('etl_shared_memory_bytes', shared, {
      limit: ({ sharedMemory, memory }) => (sharedMemory ? memory.limit : 0),
      allocated: ({ sharedMemory, memory }) => (sharedMemory ? memory.allocated : 0),
      used: ({ sharedMemory, memory }) => (sharedMemory ? memory.used : 0),
    });
  }
}

/** By state, how much of it a pool has. */
type StateAmounts = Readonly<Record<string, (status: PoolStatus) => number>>;
