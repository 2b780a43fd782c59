import { beforeEach, describe, expect, it } from 'vitest';
import type { PoolStatus } from '../../../ts/bridge/pool.js';
import { ServerMetrics } from '../../../ts/observability/metrics.js';

let metrics: ServerMetrics;

beforeEach(() => {
  metrics = new ServerMetrics('1.2.3');
});

/** The samples of a metric by their labels as they are written. */
async function samples(name: string): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n');
  const found = lines.flatMap((line) => {
    const [, labels = '', value] = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`).exec(line) ?? [];
    return value === undefined ? [] : [[labels, Number(value)] as const];
  });
  return Object.fromEntries(found);
}

describe('the metrics of a server', () => {
  it('are in a registry of their own', async () => {
    new ServerMetrics('9.9.9').callEnded({
      method: 'echo',
      outcome: 'ok',
      seconds: 1,
      transfer: undefined,
    });
    expect(await samples('etl_bridge_call_duration_seconds_count')).toEqual({});
    expect(Object.keys(await samples('etl_build_info'))).toEqual([
      `version="1.2.3",node_version="${process.versions.node}"`,
    ]);
  });

  it('count the bytes of calls by their way, and time each method', async () => {
    const transfer = { path: 'shared', bytesMapped: 3, bytesCopied: 4 } as const;
    metrics.callEnded({ method: 'echo', outcome: 'ok', seconds: 0.2, transfer });
    metrics.callEnded({ method: 'echo', outcome: 'CANCELLED', seconds: 2, transfer: undefined });
    expect(await samples('etl_bridge_bytes_total')).toEqual({
      'path="shared",kind="copied"': 4,
      'path="shared",kind="mapped"': 3,
      'path="inline",kind="copied"': 0,
      'path="inline",kind="mapped"': 0,
    });
    expect(await samples('etl_bridge_call_duration_seconds_count')).toEqual({ 'method="echo"': 2 });
    expect(await samples('etl_bridge_call_duration_seconds_sum')).toEqual({ 'method="echo"': 2.2 });
  });

  it('count restarts by their reason, from 0 on', async () => {
    metrics.workerEnded({ reason: 'crash' });
    metrics.workerEnded({ reason: 'recycle' });
    expect(await samples('etl_worker_restarts_total')).toEqual({
      'reason="crash"': 1,
      'reason="hang"': 0,
      'reason="recycle"': 1,
      'reason="start"': 0,
    });
  });

  it('ask pools for their states at each scrape', async () => {
    const memory = { limit: 100, used: 5, allocated: 50 };
    const calls = { workers: 2, ready: 1, spares: 1, sharedMemory: true, memory };
    const jobs = { workers: 3, ready: 3, spares: 0, sharedMemory: false, memory };
    for (const pool of [calls, jobs]) metrics.watch({ status: () => pool as PoolStatus });
    expect(await samples('etl_workers')).toEqual({
      'state="ready"': 4,
      'state="starting"': 1,
      'state="spare"': 1,
    });
    expect(await samples('etl_shared_memory_bytes')).toEqual({
      'state="limit"': 100,
      'state="allocated"': 50,
      'state="used"': 5,
    });
    calls.ready = 2;
    expect(await samples('etl_workers')).toMatchObject({ 'state="ready"': 5 });
  });

  it('take nothing into a label that a client could make up', async () => {
    metrics.requestEnded({ method: 'BREW', route: undefined, status: 404, seconds: 0.01 });
    metrics.requestEnded({ method: 'GET', route: '/livez', status: 200, seconds: 0.01 });
    expect(Object.keys(await samples('http_server_request_duration_seconds_count'))).toEqual([
      'http_request_method="_OTHER",http_route="_OTHER",http_response_status_code="404"',
      'http_request_method="GET",http_route="/livez",http_response_status_code="200"',
    ]);
  });

  it('have those of the process', async () => {
    expect(Object.keys(await samples('process_cpu_seconds_total'))).toHaveLength(1);
    expect(Object.keys(await samples('nodejs_eventloop_lag_seconds'))).toHaveLength(1);
  });
});
