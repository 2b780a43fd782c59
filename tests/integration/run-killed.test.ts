import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { GOOD, job, users } from './support/job.js';
import { MAIN, ServerProcess, workingFolder } from './support/server.js';

let folder: string;

beforeAll(() => {
  folder = workingFolder();
  const rows = Array.from({ length: 300_000 }, (_, at) => GOOD.replace('1', String(at + 1)));
  writeFileSync(`${folder}/data/big.csv`, users(rows));
  writeFileSync(`${folder}/big.json`, JSON.stringify(job({ source_path: './data/big.csv' })));
  writeFileSync(`${folder}/small.json`, JSON.stringify(job()));
});

function run(file: string): ChildProcess {
  const env = { ...process.env, ETL_WORKERS: '1' };
  return spawn(process.execPath, [MAIN, 'run', file], { cwd: folder, env, stdio: 'pipe' });
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('close', resolve));

const output = () =>
  existsSync(`${folder}/data/output`) ? readdirSync(`${folder}/data/output`) : [];
const runFolders = () => readdirSync(`${folder}/.etl`).filter((name) => name.startsWith('run-'));

/** Kills a run when its staged file has come. */
async function killedRun(): Promise<void> {
  const child = run('big.json');
  while (!output().some((name) => name.endsWith('.staged'))) {
    await new Promise((next) => setTimeout(next, 5));
  }
  child.kill('SIGKILL');
  await ended(child);
  expect(runFolders()).toHaveLength(1);
}

it('what an `etl run` that was killed has left is removed by the next one', async () => {
  await killedRun();
  expect(await ended(run('small.json'))).toBe(0);
  expect(runFolders()).toEqual([]);
  expect(output()).toEqual(['users.parquet']);
});

it('and by a server that starts', async () => {
  await killedRun();
  const server = await ServerProcess.start(folder);
  expect(runFolders()).toEqual([]);
  expect(output()).toEqual(['users.parquet']);
  await server.kill('SIGTERM');
});

it('an `etl run` whose reader is gone ends by 0 and leaves nothing', async () => {
  const child = run('small.json');
  child.stdout?.destroy();
  expect(await ended(child)).toBe(0);
  expect(runFolders()).toEqual([]);
});
