import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess, workingFolder } from './support/server.js';

/** Kills its worker, once, when it is told to. */
const RULES = `
import os
import signal
from etl_polyglot import rule

@rule("user")
def deadly(frame):
    if os.path.exists("die"):
        os.remove("die")
        os.kill(os.getpid(), signal.SIGKILL)
    return frame["id"] > 0
`;

const ROW = { id: 1, email: 'a@b.co', name: 'A', created_at: '2024-01-01T00:00:00Z' };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let server: ServerProcess;

beforeAll(async () => {
  const folder = workingFolder();
  mkdirSync(join(folder, 'python'));
  writeFileSync(join(folder, 'python/deadly.py'), RULES);
  server = await ServerProcess.start(folder, { ETL_PYTHON_DIR: './python' });
  await server.ready();
});

async function scrape(): Promise<string> {
  const response = await fetch(`${server.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The value of a sample, by its name and labels as they are written. */
function sample(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? Number.NaN : Number(line.split(' ').at(-1));
}

const validate = (rows: readonly object[], headers = {}) =>
  server.post('/api/v1/validate', { schema: 'user', data: rows }, headers);

describe('GET /metrics', () => {
  it('counts requests by route, not by path', async () => {
    await validate([ROW]);
    await fetch(`${server.url}/api/v1/jobs/none_of_this_name`);
    await fetch(`${server.url}/API/V1/JOBS/another`);
    await fetch(`${server.url}/wp-login.php`);
    const text = await scrape();
    const count = (method: string, route: string, status: number) =>
      sample(
        text,
        `http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"}`,
      );
    expect(count('POST', '/api/v1/validate', 200)).toBe(1);
    expect(count('GET', '/api/v1/jobs/:id', 404)).toBe(2);
    expect(count('GET', '_OTHER', 404)).toBe(1);
    expect(text).not.toMatch(/none_of_this_name|wp-login|API/);
  });

  it('says what crossed the bridge, and whether it was copied', async () => {
    const before = await scrape();
    await validate(Array.from({ length: 2_000 }, (_, id) => ({ ...ROW, id: id + 1 })));
    const after = await scrape();
    const calls = 'etl_bridge_call_duration_seconds_count{method="validate_rows"}';
    expect(sample(after, calls) - sample(before, calls)).toBe(1);
    const mapped = 'etl_bridge_bytes_total{path="shared",kind="mapped"}';
    const { shared_memory } = (await (await fetch(`${server.url}/readyz`)).json()) as {
      shared_memory: boolean;
    };
    if (shared_memory)
      expect(sample(after, mapped) - sample(before, mapped)).toBeGreaterThan(2 ** 16);
  });

  it('says how many workers there are, and what runs', async () => {
    const warm = () => scrape().then((text) => sample(text, 'etl_workers{state="spare"}') === 1);
    while (!(await warm())) await new Promise((next) => setTimeout(next, 20));
    const text = await scrape();
    // One for calls, and one for jobs.
    expect(sample(text, 'etl_workers{state="ready"}')).toBe(2);
    expect(sample(text, 'etl_worker_restarts_total{reason="crash"}')).toBe(0);
    expect(sample(text, 'etl_shared_memory_bytes{state="limit"}')).toBeGreaterThan(0);
    expect(sample(text, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(text).toMatch(/^etl_build_info\{version="\d+\.\d+\.\d+",node_version="\d+/m);
  });
});

describe('the trace of a request', () => {
  it('stands in the log; a header that is not valid is no trace', async () => {
    const logged = async (traceparent: string) => {
      const response = await validate([ROW], { traceparent });
      const id = response.headers.get('x-request-id');
      await response.text();
      for (;;) {
        const entry = server.log.find(
          ({ event, request_id }) => event === 'http.request' && request_id === id,
        );
        if (entry) return entry.trace_id;
        await new Promise((next) => setTimeout(next, 5));
      }
    };
    expect(await logged(`00-${TRACE}-00f067aa0ba902b7-01`)).toBe(TRACE);
    expect(await logged('00-me-too-01')).toBeUndefined();
  });
});

describe('GET /readyz', () => {
  it('says what there is, and how much of it is taken', async () => {
    const state = await (await fetch(`${server.url}/readyz`)).json();
    expect(state).toMatchObject({
      status: 'ready',
      reasons: [],
      workers: { size: 1, ready: 1, restarts: { crash: 0, hang: 0, recycle: 0, start: 0 } },
      calls: { running: 0, queued: 0 },
      shared_memory: expect.any(Boolean),
      memory: { limit: expect.any(Number), used: 0, allocated: expect.any(Number) },
      json_bodies: { limit: expect.any(Number), used: 0, waiting: 0 },
    });
  });
});

describe('a worker that dies in the middle of a call', () => {
  it('costs the client nothing, and is counted as a crash', async () => {
    writeFileSync(server.path('die'), '');
    expect((await validate([ROW])).status).toBe(200);
    expect(existsSync(server.path('die'))).toBe(false);
    expect(sample(await scrape(), 'etl_worker_restarts_total{reason="crash"}')).toBe(1);
    const state = await (await fetch(`${server.url}/readyz`)).json();
    expect(state).toMatchObject({ workers: { restarts: { crash: 1, hang: 0 } } });
  });
});
