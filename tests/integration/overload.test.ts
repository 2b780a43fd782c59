import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess, workingFolder } from './support/server.js';

/** Holds every call until it may go on. */
const RULES = `
import os
import time
from etl_polyglot import rule

@rule("user")
def held(frame):
    while not os.path.exists("go"):
        time.sleep(0.005)
    return frame["id"] > 0
`;

const ROW = { id: 1, email: 'a@b.co', name: 'A', created_at: '2024-01-01T00:00:00Z' };
const MIB = 2 ** 20;

let server: ServerProcess;

beforeAll(async () => {
  const folder = workingFolder();
  mkdirSync(join(folder, 'python'));
  writeFileSync(join(folder, 'python/held.py'), RULES);
  const environment = { ETL_PYTHON_DIR: './python', ETL_MEMORY_LIMIT: '1GiB' };
  server = await ServerProcess.start(folder, environment);
  await server.ready();
});

describe('more calls than the server takes', () => {
  it('wait, and those beyond the queue are told to come back; /livez answers', async () => {
    const refused: Response[] = [];
    const rows = { schema: 'user', mode: 'pydantic', data: [ROW] };
    const calls = Array.from({ length: 1_100 }, async () => {
      const response = await server.post('/api/v1/validate', rows);
      if (response.status === 503) refused.push(response);
      return response.status;
    });
    while (refused.length === 0) await new Promise((next) => setTimeout(next, 10));
    const [first] = refused;
    expect(Number(first?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await first?.json()).toMatchObject({ status: 503, code: 'OVERLOADED' });

    const begun = performance.now();
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(2_000);

    writeFileSync(server.path('go'), '');
    const statuses = await Promise.all(calls);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 503).length).toBe(refused.length);
    expect((await server.post('/api/v1/validate', rows)).status).toBe(200);
  });
});

describe('several large bodies at once', () => {
  const bodies = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return ((await response.json()) as { json_bodies: Record<string, number> }).json_bodies;
  };
  const until = async (reached: (now: Record<string, number>) => boolean) => {
    while (!reached(await bodies())) await new Promise((next) => setTimeout(next, 20));
  };

  it('are taken in one after the other when there is no room for all', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 40 * MIB };
    const url = new URL('/api/v1/validate', server.url);
    const slow = httpRequest(url, { method: 'POST', headers });
    slow.on('error', () => undefined);
    slow.write('{"schema":');
    await until(({ used }) => used === 40 * MIB);

    const text = '{"schema":"user","data":[]}';
    const second = server.post('/api/v1/validate', text.padEnd(40 * MIB));
    await until(({ waiting }) => waiting === 1);
    expect(await bodies()).toEqual({ limit: 64 * MIB, used: 40 * MIB, waiting: 1 });
    slow.destroy();
    expect((await second).status).toBe(200);
    await until(({ used }) => used === 0);
  });

  it('are refused unread where one is larger than any may be', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 65 * MIB };
    const url = new URL('/api/v1/validate', server.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(status).toBe(413);
  });
});
