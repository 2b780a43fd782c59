import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { capture, tail } from './command.mjs';
import { describeFileError, SetupError } from './error.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { fromRoot, PYTHON } from './paths.mjs';

const VENV = fromRoot('.venv');
const INCOMPLETE = fromRoot('.venv', '.etl-incomplete');
const PIP_INSTALL = [
  ...[PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2'],
  ...['--no-deps', '--require-hashes', '--only-binary', ':all:', '--no-compile'],
];
// On all cores, and not the tests that packages bring along, which are most of it. What it cannot
// compile, such as templates, is no error: Python compiles what it imports.
const COMPILE = [
  PYTHON,
  '-m',
  'compileall',
  '-q',
  '-j',
  '0',
  '-x',
  '/site-packages/.*/tests?/',
  fromRoot('.venv', 'lib'),
];
const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
const UNREACHABLE =
  /NewConnectionError|ConnectTimeout|ReadTimeout|Name or service not known|Temporary failure in name resolution|Connection refused|ProxyError|Network is unreachable/;

/**
 * Finds an interpreter that can make the environment.
 *
 * @returns {Promise<string>} its command
 * @throws {SetupError} saying which of interpreter, version and venv module is missing
 */
export async function findPython() {
  const old = [];
  const withoutVenv = [];
  for (const candidate of CANDIDATES) {
    const probe = 'import sys; print("%d.%d" % sys.version_info[:2]); import venv, ensurepip';
    const { code, output } = await capture([candidate, '-c', probe]);
    const version = /^(\d+)\.(\d+)/.exec(output);
    if (!version) continue;
    if (Number(version[1]) !== 3 || Number(version[2]) < 11)
      old.push(`${candidate} is ${version[0]}`);
    else if (code !== 0) withoutVenv.push(candidate);
    else return candidate;
  }
  if (withoutVenv.length > 0) {
    throw new SetupError(
      `${withoutVenv[0]} has no venv module, and the Python packages go into an environment of their own.\nInstall it (Debian, Ubuntu: apt install python3-venv; Fedora: dnf install python3), then run the command again.`,
    );
  }
  throw new SetupError(
    `Python 3.11 or newer is needed, and ${old.length > 0 ? old.join(', ') : 'none is on the PATH'}.\nInstall one (https://www.python.org/downloads, apt install python3 python3-venv, brew install python), then run the command again.`,
  );
}

/** The environment .venv with the packages of one lock file, and the project's own on its path. */
function environment({ title, requirements, stamp, satisfiedBy = [] }) {
  const stampPath = (name) => fromRoot('.venv', `.etl-${name}`);
  const wanted = (file) => fingerprint([file], [VENV]);
  return {
    title,
    isFresh: () =>
      existsSync(PYTHON) &&
      !existsSync(INCOMPLETE) &&
      [{ stamp, requirements }, ...satisfiedBy].some(
        (set) => readStamp(stampPath(set.stamp)) === wanted(set.requirements),
      ),
    async run(lock) {
      await createEnvironment(lock);
      writeFileSync(INCOMPLETE, '');
      const pip = await capture([...PIP_INSTALL, '-r', requirements], { lock });
      if (pip.code !== 0) throw pipFailure(pip.output, requirements);
      await capture(COMPILE, { lock });
      await putProjectOnPath();
      writeFileSync(stampPath(stamp), wanted(requirements));
      rmSync(INCOMPLETE);
    },
  };
}

/** Makes .venv where there is none that works; one that an interrupted set-up left is made anew. */
async function createEnvironment(lock) {
  const works =
    (await capture([PYTHON, '-c', 'import pip, sys; sys.exit(sys.version_info < (3, 11))']))
      .code === 0;
  if (works && !existsSync(INCOMPLETE)) return;
  try {
    mkdirSync(VENV, { recursive: true });
  } catch (error) {
    throw describeFileError(error, VENV);
  }
  const { code, output } = await capture([await findPython(), '-m', 'venv', '--clear', VENV], {
    lock,
  });
  if (code !== 0) {
    throw new SetupError(
      `The Python environment .venv cannot be made:\n${tail(output)}\nMend what it says, then run the command again.`,
    );
  }
}

async function putProjectOnPath() {
  const { output } = await capture([
    PYTHON,
    '-c',
    'import sysconfig; print(sysconfig.get_path("purelib"))',
  ]);
  writeFileSync(`${output.trim()}/etl_polyglot.pth`, `${fromRoot('py')}\n`);
}

function pipFailure(output, requirements) {
  if (UNREACHABLE.test(output)) {
    return new SetupError(
      `pip cannot reach its package index:\n${tail(output)}\nCheck the network and the proxy (pip config list), then run the command again.`,
    );
  }
  if (/No space left/.test(output)) {
    return new SetupError(
      `The Python packages do not fit on the disk:\n${tail(output)}\nThey need about 1 GB.`,
    );
  }
  return new SetupError(
    `pip cannot install ${requirements}:\n${tail(output)}\nPrebuilt packages exist for Linux and macOS on x86-64 and arm64, Python 3.11 and newer; mend what it says, then run the command again.`,
  );
}

const development = { stamp: 'requirements-dev', requirements: 'requirements-dev.txt' };

/** What serving needs. The development packages include it. */
export const runtimePackages = environment({
  title: 'Python packages from requirements.txt',
  requirements: 'requirements.txt',
  stamp: 'requirements',
  satisfiedBy: [development],
});

/** What tests and checks need besides. */
export const developmentPackages = environment({
  title: 'Python packages from requirements-dev.txt',
  ...development,
});

/** The peers that benchmarks are run beside, on top of what serving needs. */
export const benchmarkPackages = environment({
  title: 'Python packages from benchmarks/requirements.txt',
  requirements: 'benchmarks/requirements.txt',
  stamp: 'benchmarks',
});
