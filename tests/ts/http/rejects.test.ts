import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { problemHandler } from '../../../ts/http/problems.js';
import { rejectsRoute } from '../../../ts/http/rejects.js';
import { openLog } from '../../../ts/observability/log.js';
import { temporaryFolder } from '../temporary-folder.js';

const LINES = ['{"index":0}', '{"index":1}', '{"index":2}'];

/** The rejects of a job whose later attempts, one a look, have nothing in them. */
async function listen(): Promise<string> {
  const folder = temporaryFolder();
  const rejects = join(folder, 'rejects.ndjson');
  writeFileSync(rejects, `${LINES.join('\n')}\n`);
  mkdirSync(join(folder, 'none'));
  let looks = 0;
  const files = () => ({ rejects: looks++ === 0 ? rejects : join(folder, 'none', 'rejects') });
  const app = express();
  app.get('/', rejectsRoute({ files }));
  app.use(problemHandler(openLog('silent', 2)));
  const server = createServer(app);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const at = (byte: number) => Buffer.from(String(byte)).toString('base64url');
const NDJSON = { Accept: 'application/x-ndjson' };

it('rejects come by the page, from where the last page ended', async () => {
  const page = await (await fetch(`${await listen()}?limit=1`)).json();
  expect(page).toEqual({ rejects: [{ index: 0 }], next_cursor: at(12) });
  const rest = await (await fetch(`${await listen()}?cursor=${at(12)}`)).json();
  expect(rest).toEqual({ rejects: [{ index: 1 }, { index: 2 }], next_cursor: null });
});

it('a cursor at the end gives nothing more', async () => {
  const page = await (await fetch(`${await listen()}?cursor=${at(36)}`)).json();
  expect(page).toEqual({ rejects: [], next_cursor: null });
});

it.each([1, 11, 13, 37, 999_999])('a cursor at byte %i, amid a line, is refused', async (byte) => {
  for (const headers of [{}, NDJSON]) {
    const response = await fetch(`${await listen()}?cursor=${at(byte)}`, { headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: 'The query parameter cursor must be a next_cursor',
      errors: [{ field: 'cursor' }],
    });
  }
});

it('a stream of rejects stays with the attempt that it began with', async () => {
  const response = await fetch(await listen(), { headers: NDJSON });
  expect(await response.text()).toBe(`${LINES.join('\n')}\n`);
});
