import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installedPython } from '../../bridge/python-packages.js';
import { messageOf } from '../../errors.js';
import { PACKAGE_ROOT } from '../../settings.js';
import { type Finding, fail, ok } from './finding.js';

const MANIFEST = join(PACKAGE_ROOT, 'package.json');
const PYTHON_LOCK = join(PACKAGE_ROOT, 'requirements.txt');
const LEAST_PYTHON = '3.11';
const SET_UP = 'npm start sets everything up anew';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Versions by package, null where it is missing. */
type Versions = Readonly<Record<string, string | null>>;

/** Whether this Node is one that the package is made for. */
export async function checkNode(): Promise<Finding> {
  const found = process.versions.node;
  const least = (await readManifest()).engines.node.replace(/^>=/, '');
  if (isAtLeast(found, least)) return ok('node', found);
  const advice = 'install a newer Node (https://nodejs.org, or nvm install 20)';
  return fail('node', `${found}, older than ${least}`, advice);
}

/** Whether the Node packages are those of the lock. */
export async function checkNodePackages(): Promise<Finding> {
  const { dependencies } = await readManifest();
  const found = await installedNodePackages(Object.keys(dependencies));
  return comparePackages('node packages', dependencies, found);
}

/** Whether the Python of the workers is one that the package is made for, with its packages. */
export async function checkPython(python: string): Promise<Finding[]> {
  const locked = lockedPackages(await readFile(PYTHON_LOCK, 'utf8'));
  try {
    const found = await installedPython(python, Object.keys(locked));
    const packages = comparePackages('python packages', locked, found.packages);
    if (isAtLeast(found.python, LEAST_PYTHON)) return [ok('python', found.python), packages];
    const advice = `install Python ${LEAST_PYTHON} or newer, remove .venv, then: ${SET_UP}`;
    return [fail('python', `${found.python}, older than ${LEAST_PYTHON}`, advice), packages];
  } catch (error) {
    return [fail('python', messageOf(error), SET_UP)];
  }
}

/** Says which packages are missing, or have another version than the wanted one. */
export function comparePackages(check: string, wanted: Versions, found: Versions): Finding {
  const wrong = Object.entries(wanted).filter(([name, version]) => found[name] !== version);
  if (wrong.length === 0) return ok(check, `${Object.keys(wanted).length} as locked`);
  const told = wrong.map(([name, version]) => {
    const has = found[name] ?? null;
    return has === null ? `${name} is missing` : `${name} is ${has}, not ${version}`;
  });
  return fail(check, told.join(', '), SET_UP);
}

/** The pins of a requirements file; those for some platforms only are left out. */
export function lockedPackages(text: string): Record<string, string> {
  const pins = text.matchAll(/^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)[ \t]*\\?$/gm);
  return Object.fromEntries([...pins].map(([, name, version]) => [name, version]));
}

function isAtLeast(found: string, least: string): boolean {
  return found.localeCompare(least, 'en', { numeric: true }) >= 0;
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(MANIFEST, 'utf8')) as Manifest;
}

async function installedNodePackages(names: readonly string[]): Promise<Versions> {
  const { resolve } = createRequire(MANIFEST);
  const found: Record<string, string | null> = {};
  for (const name of names) {
    found[name] = null;
    // Not every package exports its package.json, so it is looked for as Node looks for packages.
    for (const folder of resolve.paths(name) ?? []) {
      const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => null);
      if (text === null) continue;
      found[name] = (JSON.parse(text) as Manifest).version;
      break;
    }
  }
  return found;
}
