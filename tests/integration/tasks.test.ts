import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const COMMAND = pathToFileURL(join(ROOT, 'scripts/command.mjs')).href;

/** Says that it runs by a file of its own, and ends well when it is told to end. */
const OBEDIENT = `
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
  require('node:fs').writeFileSync(String(process.pid), '');
  setInterval(() => undefined, 1_000);
`;
const MANY_AT_ONCE = `
  const { runAtOnce } = await import(${JSON.stringify(COMMAND)});
  const command = ['node', '-e', ${JSON.stringify(OBEDIENT)}];
  process.exitCode = await runAtOnce(Array(200).fill(command));
`;

describe('commands that run at once', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('end by %s, and no other begins', async (signal, exitCode) => {
    const cwd = mkdtempSync(join(tmpdir(), 'etl-tasks-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const args = ['--input-type=module', '-e', MANY_AT_ONCE];
    const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const begun = () => readdirSync(cwd).length;
    while (begun() < availableParallelism()) await new Promise((next) => setTimeout(next, 20));
    child.kill(signal);
    const [code] = await once(child, 'close');
    expect(code).toBe(exitCode);
    expect(begun()).toBe(availableParallelism());
  });
});

describe('npm run check', () => {
  it('refuses arguments, which none of its commands would see', () => {
    const args = ['scripts/run.cjs', 'check', '--fix'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'npm run check takes no arguments, and was given --fix.\n',
    });
  });
});
