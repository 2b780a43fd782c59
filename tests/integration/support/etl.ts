import { spawn } from 'node:child_process';
import { MAIN } from './server.js';

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `etl` in a folder; `onSpawn` is given what sends Ctrl-C. */
export function runEtl(
  folder: string,
  args: readonly string[],
  onSpawn?: (interrupt: () => void) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ETL_WORKERS: '1' };
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    onSpawn?.(() => child.kill('SIGINT'));
  });
}
