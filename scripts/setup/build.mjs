import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { capture, tail } from './command.mjs';
import { SetupError } from './error.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { fromRoot } from './paths.mjs';

const TSC = fromRoot('node_modules', 'typescript', 'bin', 'tsc');
const DIST = fromRoot('dist');
const NEXT = fromRoot('dist.next');
const STAMP = fromRoot('dist', '.etl-stamp');

const wanted = () => fingerprint(['ts', 'tsconfig.json', 'package-lock.json']);

/** dist as tsc makes it of ts, made aside and put in place by rename. */
export const build = {
  title: 'TypeScript build',
  isFresh: () => readStamp(STAMP) === wanted(),
  async run(lock) {
    const print = wanted();
    rmSync(NEXT, { recursive: true, force: true });
    const { code, output } = await capture(
      [process.execPath, TSC, '-p', 'tsconfig.json', '--outDir', NEXT],
      { lock },
    );
    if (code !== 0) throw new SetupError(`The TypeScript build failed:\n${tail(output)}`);
    chmodSync(`${NEXT}/cli/main.js`, 0o755);
    writeFileSync(`${NEXT}/.etl-stamp`, print);
    rmSync(DIST, { recursive: true, force: true });
    renameSync(NEXT, DIST);
  },
};
