import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';

/**
 * Runs a command to its end and keeps what it prints.
 *
 * @param {string[]} command program and arguments
 * @param {{env?: Record<string, string>, lock?: number}} options `env` is added to the environment;
 *   `lock` is a descriptor that the command holds open to its end
 * @returns {Promise<{code: number, output: string}>} code 127 where the program cannot be started
 */
export function capture([file, ...args], { env = {}, lock } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(lock === undefined ? [] : [lock])],
    });
    let output = '';
    const keep = (data) => {
      output += data;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {string} output @returns {string} its last lines, indented */
export const tail = (output) =>
  output
    .trim()
    .split('\n')
    .slice(-15)
    .map((line) => `  ${line}`)
    .join('\n');
