import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  isAlive,
  openDescriptors,
  openPool,
  openUnruly,
  poolOptions,
  until,
} from './support/pool.js';

const PROGRAM = fileURLToPath(new URL('programs/hold-pool.mjs', import.meta.url));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const mappedArenas = (): number =>
  readFileSync('/proc/self/maps', 'utf8').split('memfd:etl-arena').length - 1;

const untilUnmapped = (): Promise<void> =>
  until(() => {
    collectGarbage();
    return mappedArenas() === 0;
  });

describe('when Node is killed', () => {
  it.each(['hang', 'hold_gil'])('its workers are gone within 2 s: %s', async (method) => {
    const options = await poolOptions('unruly.py');
    const node = spawn(process.execPath, [PROGRAM, method, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(node.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [
      Buffer,
    ];
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    node.kill('SIGKILL');
    await until(() => !isAlive(pid), 2000);
  });
});

describe('close()', () => {
  it('leaves no process, no descriptor and no memory', async () => {
    await (await openUnruly()).pool.close();
    await untilUnmapped();
    const before = openDescriptors();
    const { pool } = await openUnruly({ workers: 2 });
    await until(() => pool.status().ready === 2);
    expect(mappedArenas()).toBe(4);
    let pid = 0;
    const call = pool.call('hang', {}, { onEvent: (event) => (pid = event.pid as number) });
    const rejected = expect(call).rejects.toMatchObject({ code: 'NOT_READY' });
    await until(() => pid > 0);
    await pool.close();
    await rejected;
    expect(isAlive(pid)).toBe(false);
    expect(openDescriptors()).toBe(before);
    await untilUnmapped();
    await expect(pool.call('echo', {})).rejects.toMatchObject({ code: 'NOT_READY' });
    await pool.close();
  });

  it('waits for a worker that it was already stopping', async () => {
    const { pool } = await openUnruly();
    let pid = 0;
    const onEvent = (event: Record<string, unknown>) => {
      pid = event.pid as number;
    };
    const call = pool.call('resist', {}, { silenceMs: 50, onEvent });
    const rejected = expect(call).rejects.toMatchObject({ code: 'WORKER_TIMEOUT' });
    await until(() => pool.status().restarts.hang === 1);
    expect(isAlive(pid)).toBe(true);
    await pool.close();
    expect(isAlive(pid)).toBe(false);
    await rejected;
  });

  it('ends a worker that ignores the end of stdin and SIGINT', async () => {
    const { pool, log } = await openPool({ worker: 'silent.py' });
    await until(() => log.some(({ line }) => line === 'here, but not talking'));
    const started = performance.now();
    await pool.close();
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('a reply that is dropped without release()', () => {
  it('gives its slot back when it is collected', async () => {
    const { pool } = await openUnruly();
    await pool.call('echo', {}, { body: new Uint8Array(1 << 20) });
    await expect
      .poll(async () => {
        collectGarbage();
        return (await pool.call('reply_slots', {})).value;
      })
      .toBe(0);
  });

  it('keeps its slot as long as its body is referenced', async () => {
    const { pool } = await openUnruly();
    const { body } = await pool.call('echo', {}, { body: new Uint8Array(1 << 20).fill(5) });
    for (let round = 0; round < 5; round += 1) {
      collectGarbage();
      await sleep(10);
    }
    expect((await pool.call('reply_slots', {})).value).toBe(1);
    expect(body?.every((byte) => byte === 5)).toBe(true);
  });
});
