import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describeFileError } from './error.mjs';
import { fromRoot } from './paths.mjs';

const HOLDER = `
import fcntl, sys
lock = open(sys.argv[1], "w")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print("waiting", flush=True)
    fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
`;

/**
 * Runs `work` while no other set-up of this folder runs.
 *
 * A small Python child holds the kernel's lock on a file, because Node has no flock: the lock ends
 * with the process that holds it, however that ends, so it is never stale.
 *
 * @param {string} python an interpreter
 * @param {() => Promise<void>} work
 */
export async function withLock(python, work) {
  const path = fromRoot('.setup.lock');
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw describeFileError(error, path);
  }
  const holder = spawn(python, ['-c', HOLDER, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve, reject) => {
      holder.on('error', reject);
      holder.on('exit', (code) => reject(new Error(`the lock's holder ended with code ${code}`)));
      holder.stdout.on('data', (data) => {
        if (String(data).includes('locked')) resolve(undefined);
        if (String(data).includes('waiting'))
          console.error('set-up: another set-up runs in this folder; waiting for it');
      });
    });
    await work();
  } finally {
    holder.removeAllListeners('exit');
    holder.stdin.end();
  }
}
