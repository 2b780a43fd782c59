import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const NOBODY = 65_534;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A bare clone: what git would give, and nothing that a set-up made. */
function bareClone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'etl-setup-'));
  folders.push(folder);
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const file of files.filter((name) => name && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  return folder;
}

/** A clone that has its node packages: the links stand for what `npm ci` gives. */
function cloneWithPackages(): string {
  const folder = bareClone();
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '.etl-generated') {
      symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
    }
  }
  return folder;
}

/** A folder for PATH that has only the programs given, each a shell script or a link to a real one. */
function pathWith(programs: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'etl-path-'));
  folders.push(folder);
  for (const [name, script] of Object.entries(programs)) {
    if (script.startsWith('/')) symlinkSync(script, join(folder, name));
    else {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
  }
  return folder;
}

const realPython = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

interface Outcome {
  status: number | null;
  stderr: string;
}

function build(
  folder: string,
  env: Record<string, string> = {},
  options: { nodeArgs?: string[]; uid?: number } = {},
): Outcome {
  const { npm_execpath: _ignored, ...inherited } = process.env;
  return spawnSync(process.execPath, [...(options.nodeArgs ?? []), 'scripts/run.cjs', 'build'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...inherited, ...env },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
}

describe('a set-up that cannot be done says what is missing and exits with 2', () => {
  it('an old Node', () => {
    const folder = bareClone();
    const fake = join(folder, 'old.cjs');
    writeFileSync(
      fake,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.1' } });",
    );
    const { status, stderr } = build(folder, {}, { nodeArgs: ['--require', fake] });
    expect(stderr).toMatch(/needs Node 20\.19 or newer, and this is 18\.19\.1[\s\S]*Install/);
    expect(status).toBe(2);
  });

  it('no Python', () => {
    const { status, stderr } = build(bareClone(), { PATH: pathWith({}) });
    expect(stderr).toMatch(
      /Python 3\.11 or newer is needed, and none is on the PATH[\s\S]*Install/,
    );
    expect(status).toBe(2);
  });

  it('an old Python', () => {
    const { status, stderr } = build(bareClone(), { PATH: pathWith({ python3: 'echo 3.9' }) });
    expect(stderr).toMatch(/Python 3\.11 or newer is needed, and python3 is 3\.9/);
    expect(status).toBe(2);
  });

  it('a Python without its venv module', () => {
    const { status, stderr } = build(bareClone(), {
      PATH: pathWith({ python3: 'echo 3.11; exit 1' }),
    });
    expect(stderr).toMatch(/python3 has no venv module[\s\S]*apt install python3-venv/);
    expect(status).toBe(2);
  });

  it('no npm', () => {
    const { status, stderr } = build(bareClone(), { PATH: pathWith({ python3: realPython }) });
    expect(stderr).toMatch(/npm is not installed/);
    expect(status).toBe(2);
  });

  it('a registry of node packages that cannot be reached', () => {
    const folder = bareClone();
    const { status, stderr } = build(folder, {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: join(folder, 'empty-cache'),
    });
    expect(stderr).toMatch(/npm cannot reach its package registry[\s\S]*Check the network/);
    expect(status).toBe(2);
  });

  it('a package index of Python that cannot be reached', () => {
    const { status, stderr } = build(cloneWithPackages(), {
      PIP_CONFIG_FILE: '/dev/null',
      PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
      PIP_EXTRA_INDEX_URL: '',
      PIP_FIND_LINKS: '',
      PIP_NO_CACHE_DIR: '1',
    });
    expect(stderr).toMatch(/pip cannot reach its package index[\s\S]*Check the network/);
    expect(status).toBe(2);
  });

  it.runIf(process.getuid?.() === 0)('a folder that cannot be written', () => {
    const folder = bareClone();
    chmodSync(folder, 0o755);
    const { status, stderr } = build(folder, { HOME: '/nonexistent' }, { uid: NOBODY });
    expect(stderr).toMatch(/cannot be written \(EACCES\)[\s\S]*Make the folder writable/);
    expect(status).toBe(2);
  });
});

describe('a set-up', () => {
  it('survives being killed half-way and two at once, and then does nothing', async () => {
    const folder = cloneWithPackages();
    const start = () => {
      const child = spawn(process.execPath, ['scripts/run.cjs', 'build'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (data) => {
        stderr += data;
      });
      const ended = new Promise<Outcome>((done) =>
        child.on('close', (status) => done({ status, stderr })),
      );
      return { child, ended };
    };
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise((resume) => setTimeout(resume, 20));
    };

    // The one that is killed need not have begun on all packages: this one takes a while.
    const requirements = join(folder, 'requirements.txt');
    const whole = readFileSync(requirements, 'utf8');
    const some = whole.split(/^(?=\w)/m).filter((entry) => entry.startsWith('pyarrow=='));
    expect(some).toHaveLength(1);
    writeFileSync(requirements, some.join(''));
    const killed = start();
    const site = join(folder, '.venv', 'lib');
    await until(() => existsSync(site) && existsSync(join(folder, '.venv/.etl-incomplete')));
    // Alone: the pip that it started goes on, and the lock has to hold until that has ended.
    killed.child.kill('SIGKILL');
    writeFileSync(requirements, whole);

    const both = [start(), start()];
    await killed.ended;
    const outcomes = await Promise.all(both.map(({ ended }) => ended));
    expect(outcomes.map(({ status, stderr }) => ({ status, stderr }))).toEqual([
      expect.objectContaining({ status: 0 }),
      expect.objectContaining({ status: 0 }),
    ]);
    const said = outcomes.map(({ stderr }) => stderr).join('');
    expect(said.match(/set-up: TypeScript build/g)).toHaveLength(1);
    expect(said).toMatch(/another set-up runs in this folder/);

    const built = statSync(join(folder, 'dist/cli/main.js')).mtimeMs;
    const third = await start().ended;
    expect(third).toEqual({ status: 0, stderr: '' });
    expect(statSync(join(folder, 'dist/cli/main.js')).mtimeMs).toBe(built);
  }, 400_000);
});
