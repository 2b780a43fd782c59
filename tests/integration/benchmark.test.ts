import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ROOT } from './support/server.js';

interface Report {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly rows: readonly { readonly name: string; readonly median_s: number }[];
  readonly goals: readonly { readonly name: string; readonly measured: number }[];
}

/** A smoke run says nothing of speed, but fails where contestants do not find the same bad rows. */
it('npm run benchmark compares contestants that find the same bad rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-benchmark-'));
  try {
    const file = join(folder, 'report.json');
    const args = [join(ROOT, 'scripts/run.cjs'), 'benchmark', '--quick', '--json', file];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    expect(new Set(report.rows.map(({ name }) => name))).toEqual(
      new Set([
        ...['zod', 'ours in Node', 'pydantic', 'ours, 1 core', 'ours', 'dataframely', 'pandera'],
      ]),
    );
    expect(report.rows.every(({ median_s }) => median_s > 0)).toBe(true);
    expect(report.goals.map(({ name }) => name)).toEqual([
      ...['node_beside_zod', 'columnar_beside_pydantic'],
      ...['columnar_beside_pydantic_10_percent_bad', 'columnar_beside_dataframely'],
    ]);
    expect(Object.keys(report.meta)).toEqual(
      expect.arrayContaining(['date', 'cores', 'memory', 'versions']),
    );
    expect(stdout).toContain('a smoke run');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
