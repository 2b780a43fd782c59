import { build } from './build.mjs';
import { describeFileError, SetupError } from './error.mjs';
import { generated } from './generated.mjs';
import { withLock } from './lock.mjs';
import { packages } from './packages.mjs';
import { benchmarkPackages, developmentPackages, findPython, runtimePackages } from './python.mjs';

const STEPS = {
  packages,
  python: runtimePackages,
  'python-dev': developmentPackages,
  'python-benchmarks': benchmarkPackages,
  generated,
  build,
};

/**
 * Brings everything up to date that a task needs; does nothing, in some 50 ms, where all is.
 *
 * Each step compares a stamp with a fingerprint of what it is made from, and writes the stamp last,
 * so an interrupted step is done again. Steps run under a lock; a second set-up waits for the first
 * and then finds its work done.
 *
 * @param {(keyof typeof STEPS)[]} names the steps, in order
 * @throws {SetupError} saying what is missing and what mends it
 */
export async function setUp(names) {
  const steps = names.map((name) => STEPS[name]);
  if (steps.every((step) => step.isFresh())) return;
  await withLock(await findPython(), async (lock) => {
    for (const step of steps) {
      if (step.isFresh()) continue;
      console.error(`set-up: ${step.title}`);
      const started = Date.now();
      try {
        await step.run(lock);
      } catch (error) {
        throw error instanceof SetupError ? error : describeFileError(error, error.path ?? '.');
      }
      console.error(`set-up: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
  });
}
