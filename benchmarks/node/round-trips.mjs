// The round trip of one small call, ours and others', a few calls of each in turn.
import assert from 'node:assert/strict';
import { answerOrders } from './answer.mjs';
import { openPool } from './pool.mjs';
import { PYTHON, pythonProgram } from './python.mjs';
import { ROW } from './row.mjs';
import { openService } from './service.mjs';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const CALLS_IN_TURN = 100;

process.env.PYTHON_BIN = PYTHON;
const { python } = (await import('pythonia')).default;
python.setFastMode(true);

const pool = await openPool(1);
const service = await openService();
const texts = await python(pythonProgram('text_echo.py'));

const echoOverHttp = (path) => async () => {
  const body = await service.post(path, 'application/json', JSON.stringify(ROW));
  return body.json();
};
const contestants = {
  ours: async () => {
    const options = { timeoutMs: 10_000, traceparent: TRACEPARENT };
    const { value } = await pool.call('echo', ROW, options);
    return value;
  },
  fastapi: echoOverHttp('/echo'),
  'fastapi on its loop': echoOverHttp('/echo-on-loop'),
  pythonia: async () => JSON.parse(await texts.echo(JSON.stringify(ROW))),
};

/** Gives the seconds of each call of each contestant. */
async function measure({ calls }) {
  const names = Object.keys(contestants);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let done = 0; done < calls; done += CALLS_IN_TURN) {
    for (const name of names) {
      for (let call = 0; call < CALLS_IN_TURN; call += 1) {
        const began = performance.now();
        await contestants[name]();
        taken[name].push((performance.now() - began) / 1000);
      }
    }
    names.reverse();
  }
  return taken;
}

for (const echo of Object.values(contestants)) assert.deepEqual(await echo(), ROW);
await answerOrders({ measure }, async () => {
  python.exit();
  await service.close();
  await pool.close();
});
