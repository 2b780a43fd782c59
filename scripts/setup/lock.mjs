import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describeFileError } from './error.mjs';
import { fromRoot } from './paths.mjs';

const FLOCK = `
import fcntl
try:
    fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print("waiting", flush=True)
    fcntl.flock(3, fcntl.LOCK_EX)
`;

/**
 * Runs `work` while no other set-up of this folder runs.
 *
 * A short Python child takes the kernel's lock on the open file, because Node has no flock. The
 * lock belongs to the open file, which `work` hands on to the commands that it runs, so it holds
 * until the last of them has ended, even where this process was killed, and is never stale.
 *
 * @param {string} python an interpreter
 * @param {(lock: number) => Promise<void>} work takes the descriptor of the lock
 */
export async function withLock(python, work) {
  const lock = openLock();
  try {
    await flock(python, lock);
    await work(lock);
  } finally {
    closeSync(lock);
  }
}

function openLock() {
  const path = fromRoot('.setup.lock');
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw describeFileError(error, path);
  }
}

function flock(python, lock) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-c', FLOCK], { stdio: ['ignore', 'pipe', 'inherit', lock] });
    child.stdout.on('data', (data) => {
      if (String(data).includes('waiting')) {
        console.error('set-up: another set-up runs in this folder; waiting for it');
      }
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(undefined);
      else reject(new Error(`the lock on ${fromRoot('.setup.lock')} cannot be taken`));
    });
  });
}
