import { writeFileSync } from 'node:fs';
import { capture, tail } from './command.mjs';
import { SetupError } from './error.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { fromRoot } from './paths.mjs';

const STAMP = fromRoot('node_modules', '.etl-stamp');
const UNREACHABLE =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/;

const wanted = () => fingerprint(['package-lock.json'], [process.platform, process.arch]);

/** node_modules as the lock file has it. `npm ci` removes the folder, and the stamp in it, first. */
export const packages = {
  title: 'node packages from package-lock.json',
  isFresh: () => readStamp(STAMP) === wanted(),
  async run(lock) {
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000'];
    const { code, output } = await capture(
      [...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...retries],
      { lock },
    );
    if (code === 127) {
      throw new SetupError(
        'npm is not installed. It comes with Node; with Debian: apt install npm.',
      );
    }
    if (code !== 0 && UNREACHABLE.test(output)) {
      throw new SetupError(
        `npm cannot reach its package registry:\n${tail(output)}\nCheck the network and the proxy (npm config get registry; npm config get proxy), then run the command again.`,
      );
    }
    if (code !== 0) {
      throw new SetupError(
        `npm ci failed:\n${tail(output)}\nMend what it says, then run the command again.`,
      );
    }
    writeFileSync(STAMP, wanted());
  },
};
