import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess, workingFolder } from './support/server.js';

/** Tells of each batch, and holds it until it may go on. */
const RULES = `
import os
import time
from etl_polyglot import rule

@rule("user")
def held(frame):
    with open("batches", "a") as told:
        told.write("batch\\n")
    while not os.path.exists("go"):
        time.sleep(0.005)
    return frame["id"] > 0
`;

const BATCHES = 6;
const ROWS_PER_BATCH = 65_536;
const ROW = '{"id":1,"email":"a@b.co","name":"A","created_at":"2024-01-01T00:00:00Z"}';
const BODY = `{"schema":"user","mode":"pydantic","data":[${Array.from(
  { length: BATCHES * ROWS_PER_BATCH },
  () => ROW,
).join(',')}]}`;

let server: ServerProcess;

beforeAll(async () => {
  const folder = workingFolder();
  mkdirSync(join(folder, 'python'));
  writeFileSync(join(folder, 'python/held.py'), RULES);
  server = await ServerProcess.start(folder, { ETL_PYTHON_DIR: './python' });
  await server.ready();
});

interface State {
  readonly workers: { readonly restarts: Readonly<Record<string, number>> };
  readonly calls: { readonly running: number; readonly queued: number };
  readonly memory: { readonly used: number };
  readonly json_bodies: { readonly used: number };
}

const state = async () => (await (await fetch(`${server.url}/readyz`)).json()) as State;

async function until(reached: (now: State) => boolean): Promise<State> {
  for (;;) {
    const now = await state();
    if (reached(now)) return now;
    await new Promise((next) => setTimeout(next, 20));
  }
}

const batches = () =>
  existsSync(server.path('batches'))
    ? readFileSync(server.path('batches'), 'utf8').trim().split('\n').length
    : 0;

describe('a client that goes away in the middle of a call', () => {
  it('has its call cancelled, and memory and places are given back', async () => {
    const client = new AbortController();
    const gone = fetch(`${server.url}/api/v1/validate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: BODY,
      signal: client.signal,
    }).catch(() => 'gone');
    while (batches() === 0) await new Promise((next) => setTimeout(next, 20));
    const during = await state();
    expect(during.calls.running).toBeGreaterThan(0);
    expect(during.memory.used).toBeGreaterThan(0);
    expect(during.json_bodies.used).toBe(BODY.length);

    client.abort();
    expect(await gone).toBe('gone');
    await until(({ json_bodies }) => json_bodies.used === 0);
    writeFileSync(server.path('go'), '');
    const after = await until(({ calls, memory }) => calls.running === 0 && memory.used === 0);
    expect(after.calls.queued).toBe(0);
    // Those under way came to their end; the rest of the rows was not judged for nobody.
    expect(batches()).toBeLessThan(BATCHES);
    expect(after.workers.restarts).toEqual({ crash: 0, hang: 0, recycle: 0, start: 0 });
    const answer = await server.post('/api/v1/validate', { schema: 'user', data: [] });
    expect(answer.status).toBe(200);
  });
});
