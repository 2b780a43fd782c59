import express from 'express';
import { expect, it } from 'vitest';
import type { WorkerPool } from '../../../ts/bridge/pool.js';
import { startupzRoute } from '../../../ts/http/health.js';
import { listen } from './listen.js';

it('says that the server has started from the first worker on, also when that one is lost', async () => {
  let ready = 0;
  const status = () => ({ ready, reason: null });
  const app = express();
  app.get('/startupz', startupzRoute({ pool: { status } as unknown as WorkerPool }));
  const url = await listen(app);
  const answers: number[] = [];
  for (ready of [0, 1, 0]) answers.push((await fetch(`${url}/startupz`)).status);
  expect(answers).toEqual([503, 200, 200]);
});
