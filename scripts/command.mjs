import { spawn } from 'node:child_process';
import { availableParallelism, constants } from 'node:os';
import { fromRoot, ROOT } from './setup/paths.mjs';

const env = { ...process.env, PYTHONPATH: fromRoot('py') };
const shown = (command) => `\n$ ${command.join(' ').replace(ROOT, '.')}\n`;
const isFollowed = process.stderr.isTTY || process.env.CI;

/**
 * Runs one command on this terminal.
 *
 * @param {string[]} command program and arguments
 * @returns {Promise<number>} its exit code
 */
export function run(command) {
  if (isFollowed) process.stderr.write(shown(command));
  return ended(command, start(command, 'inherit'));
}

/**
 * Runs commands that do not need each other, as many at a time as there are cores.
 *
 * Each runs, whatever becomes of the others, and what it prints is shown when it has ended. After a
 * signal none is begun.
 *
 * @param {string[][]} commands in the order in which they are begun: the longest first
 * @returns {Promise<number>} the exit code of one that failed, or 0
 */
export async function runAtOnce(commands) {
  const waiting = [...commands];
  let failed = 0;
  const stop = () => waiting.splice(0);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const inTurn = async () => {
    for (let command = waiting.shift(); command; command = waiting.shift()) {
      const child = start(command, 'pipe');
      const output = [];
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data) => output.push(data));
      }
      const code = await ended(command, child);
      if (isFollowed || code !== 0) process.stderr.write(shown(command));
      process.stdout.write(Buffer.concat(output));
      failed ||= code;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, inTurn));
  process.off('SIGTERM', stop);
  process.off('SIGINT', stop);
  return failed;
}

function start([file, ...args], output) {
  return spawn(file === 'node' ? process.execPath : file, args, {
    stdio: ['inherit', output, output],
    env,
  });
}

/** Passes on signals to a child until it has ended; gives its exit code, which is not 0 after one. */
function ended(command, child) {
  return new Promise((resolve) => {
    let passedOn;
    const forward = (signal) => {
      passedOn = signal;
      child.kill(signal);
    };
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.on('error', (error) => {
      console.error(`${command[0]}: ${error.message}`);
      resolve(2);
    });
    child.on('close', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      const by = signal ?? passedOn;
      resolve(code || (by ? 128 + constants.signals[by] : 0));
    });
  });
}
