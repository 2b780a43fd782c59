import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../errors.js';

const run = promisify(execFile);
const DEADLINE_MS = 10_000;

/** Needs nothing but the standard library: it is to say which packages are missing. */
const ASK = `
import json, platform, sys
from importlib.metadata import PackageNotFoundError, version

def found(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None

packages = {name: found(name) for name in sys.argv[1:]}
print(json.dumps({"python": platform.python_version(), "packages": packages}))
`;

/** A Python, and the version of each package in it, null where it is missing. */
export interface InstalledPython {
  readonly python: string;
  readonly packages: Readonly<Record<string, string | null>>;
}

/**
 * Asks a Python for its version and those of packages.
 *
 * @throws Error when it cannot be run.
 */
export async function installedPython(
  python: string,
  packages: readonly string[],
): Promise<InstalledPython> {
  try {
    const options = { timeout: DEADLINE_MS, killSignal: 'SIGKILL' } as const;
    const { stdout } = await run(python, ['-I', '-c', ASK, ...packages], options);
    return JSON.parse(stdout) as InstalledPython;
  } catch (cause) {
    throw new Error(`${python} cannot be run: ${messageOf(cause)}`, { cause });
  }
}
