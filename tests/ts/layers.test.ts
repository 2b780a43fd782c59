import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** For each rule of .dependency-cruiser.cjs, files that break it and nothing else. */
const VIOLATIONS: Record<string, Record<string, string>> = {
  'no-cycles': {
    'ts/jobs/a.ts': "import { b } from './b.js';\nexport const a = () => b;\n",
    'ts/jobs/b.ts': "import { a } from './a.js';\nexport const b = () => a;\n",
  },
  'generated-imports-only-zod-and-checks': {
    'ts/generated/a.ts': "import { b } from '../schema/b.js';\nexport const a = b;\n",
    'ts/schema/b.ts': 'export const b = 1;\n',
  },
  'only-http-imports-express': {
    'ts/jobs/a.ts': "import express from 'express';\nexport const a = express;\n",
  },
  'only-bridge-spawns-processes': {
    'ts/jobs/a.ts': "import { spawn } from 'node:child_process';\nexport const a = spawn;\n",
  },
  'only-bridge-touches-shared-memory': {
    'ts/arrow/a.ts': "import koffi from 'koffi';\nexport const a = koffi;\n",
  },
  'schema-stands-alone': {
    'ts/schema/a.ts': "import type { B } from '../jobs/b.js';\nexport type A = B;\n",
    'ts/jobs/b.ts': 'export type B = 1;\n',
  },
  'bridge-knows-no-http-and-no-jobs': {
    'ts/bridge/a.ts': "import { b } from '../http/b.js';\nexport const a = b;\n",
    'ts/http/b.ts': 'export const b = 1;\n',
  },
  'jobs-know-no-http': {
    'ts/jobs/a.ts': "import { b } from '../cli/b.js';\nexport const a = b;\n",
    'ts/cli/b.ts': 'export const b = 1;\n',
  },
  'no-unresolvable': {
    'ts/jobs/a.ts': "import { b } from './gone.js';\nexport const a = b;\n",
  },
};

describe('the layer rules of TypeScript', () => {
  let folder: string;
  const broken = new Map<string, Set<string>>();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'etl-layers-'));
    for (const file of ['.dependency-cruiser.cjs', 'package.json']) {
      cpSync(join(ROOT, file), join(folder, file));
    }
    const tsconfig = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include: ['.'] }));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const [rule, files] of Object.entries(VIOLATIONS)) {
      for (const [path, source] of Object.entries(files)) {
        const file = join(folder, rule, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, source);
      }
    }
    for (const { from, rule } of violations()) {
      const planted = from.split('/')[0] ?? '';
      broken.set(planted, (broken.get(planted) ?? new Set()).add(rule.name));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function violations(): { from: string; rule: { name: string } }[] {
    const { stdout } = spawnSync(
      join(ROOT, 'node_modules/.bin/depcruise'),
      ['--config', '.dependency-cruiser.cjs', '-T', 'json', ...Object.keys(VIOLATIONS)],
      { cwd: folder, encoding: 'utf8' },
    );
    return JSON.parse(stdout).summary.violations;
  }

  it('are all proved here', () => {
    const config = execFileSync(
      process.execPath,
      ['-p', "JSON.stringify(require('./.dependency-cruiser.cjs').forbidden.map((r) => r.name))"],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(Object.keys(VIOLATIONS).sort()).toEqual((JSON.parse(config) as string[]).sort());
  });

  it.each(Object.keys(VIOLATIONS))(
    '%s refuses a planted violation, and no other rule does',
    (rule) => {
      expect(broken.get(rule)).toEqual(new Set([rule]));
    },
  );
});
