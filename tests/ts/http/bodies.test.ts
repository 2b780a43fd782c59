import { request as httpRequest } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { JsonBodies, memoryOfBodies } from '../../../ts/http/body.js';
import { problemHandler } from '../../../ts/http/problems.js';
import { openLog } from '../../../ts/observability/log.js';
import { listen } from './listen.js';

const ROOM = 300_000;
/** One of two that do not fit into ROOM together. */
const LARGE = JSON.stringify('x'.repeat(200_000));
const SMALL = '"small"';

/** A server that answers each body with its length, those of `/held` when it is told to. */
async function serve(waitMs = 60_000) {
  const bodies = new JsonBodies(ROOM, waitMs);
  const held: (() => void)[] = [];
  const app = express();
  app.post('/{:held}', async (request, response) => {
    const { length } = (await bodies.read(request, response, ROOM)) as string;
    if (request.params.held) await new Promise<void>((answer) => held.push(answer));
    response.json(length);
  });
  app.use(problemHandler(openLog('silent', 2)));
  const url = await listen(app);
  const post = (path: string, body: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      ...init,
    });
  const until = async (state: { used?: number; waiting?: number; held?: number }) => {
    const now = () => ({ ...bodies.status(), held: held.length });
    while (Object.entries(state).some(([key, value]) => now()[key as 'used'] !== value)) {
      await new Promise((next) => setTimeout(next, 2));
    }
  };
  return { url, bodies, held, post, until };
}

describe('the memory of large bodies', () => {
  it('is a share of what the server may take, but holds one of the largest', () => {
    expect(memoryOfBodies(2 ** 28)).toBe(64 * 2 ** 20);
    expect(memoryOfBodies(1.5 * 2 ** 30)).toBe(96 * 2 ** 20);
  });

  it('is no more than the heap of Node can bear', () => {
    expect(memoryOfBodies(2 ** 50) * 20).toBeLessThan(getHeapStatistics().heap_size_limit);
  });
});

describe('a large body', () => {
  it('waits until one before it has been answered, while small ones pass by', async () => {
    const { bodies, held, post, until } = await serve();
    const first = post('/held', LARGE);
    await until({ held: 1 });
    const second = post('/', LARGE);
    await until({ waiting: 1 });
    expect(await (await post('/', SMALL)).json()).toBe(5);
    expect(bodies.status()).toEqual({ limit: ROOM, used: LARGE.length, waiting: 1 });
    held[0]?.();
    expect(await (await first).json()).toBe(200_000);
    expect(await (await second).json()).toBe(200_000);
    await until({ used: 0, waiting: 0 });
  });

  it('is refused as OVERLOADED with Retry-After when it has waited too long', async () => {
    const { held, post, until } = await serve(50);
    const first = post('/held', LARGE);
    await until({ held: 1 });
    const refused = await post('/', LARGE);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      code: 'OVERLOADED',
      detail: expect.stringMatching(/^The body of POST \/ .*try again later/),
    });
    held[0]?.();
    expect((await first).status).toBe(200);
  });

  it('gives its room back when its sender goes away, waiting or answered for', async () => {
    const { post, until } = await serve();
    const [held, waiting] = [new AbortController(), new AbortController()];
    const answered = post('/held', LARGE, { signal: held.signal }).catch(() => 'gone');
    await until({ held: 1 });
    const admitted = post('/', LARGE, { signal: waiting.signal }).catch(() => 'gone');
    await until({ waiting: 1 });
    waiting.abort();
    held.abort();
    await until({ used: 0, waiting: 0 });
    expect([await answered, await admitted]).toEqual(['gone', 'gone']);
  });

  it('without a length counts as the largest until it is there', async () => {
    const { url, held, until } = await serve();
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    const request = httpRequest(new URL('/held', url), { method: 'POST', headers });
    const answered = new Promise<number | undefined>((resolve) =>
      request.on('response', ({ statusCode }) => resolve(statusCode)),
    );
    request.write('"ab');
    await until({ used: ROOM });
    request.end('c"');
    await until({ held: 1, used: 5 });
    held[0]?.();
    expect(await answered).toBe(200);
    await until({ used: 0 });
  });
});
