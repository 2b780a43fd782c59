import { execFile } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/server.js';

/** Runs an example as its npm script does, after its outputs of earlier runs are removed. */
async function example(name: string, outputs: string[]): Promise<string> {
  for (const output of outputs) rmSync(join(ROOT, 'data/output', output), { force: true });
  const script = join('examples', `${name}.mjs`);
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: ROOT });
  for (const output of outputs) {
    expect(statSync(join(ROOT, 'data/output', output)).size).toBeGreaterThan(10_000);
  }
  return stdout;
}

describe('the examples say what they read, what they rejected and why, and what they wrote', () => {
  it('csv', async () => {
    const stdout = await example('csv', ['birdstrikes.parquet', 'zipcodes.parquet']);
    expect(stdout).toContain('read 10000 records, rejected 15');
    expect(stdout).toMatch(/15 × Effect Amount of damage: must be one of/);
    expect(stdout).toMatch(/"line":301,.*"raw":"ATLANTIC CITY INTL,/);
    expect(stdout).toContain('wrote 9985 records (0 were duplicates)');
    expect(stdout).toContain('wrote 42049 records');
    expect(stdout, 'leading zeros survive').toContain("'00501'");
  });

  it('json', async () => {
    const stdout = await example('json', ['movies.parquet']);
    expect(stdout).toContain('17 are invalid (valid by Zod 3184, by Pydantic 3184)');
    expect(stdout).toContain('10 × Title: must be string');
    expect(stdout).toContain('wrote 3184 records');
  });

  it('streaming', async () => {
    const stdout = await example('streaming', ['flights.parquet']);
    expect(stdout).toContain('read 3000000 records, rejected 11');
    expect(stdout).toContain('8 × delay: must be at most 1440');
    expect(stdout).toContain('wrote 2999989 records');
  });

  it('dual-validation', async () => {
    const stdout = await example('dual-validation', []);
    expect(stdout).toContain('a user that Zod refuses: id, email');
    expect(stdout).toContain('both layers judged 3201 films');
    expect(stdout).toContain('10 × Title: must be string');
    expect(stdout).toMatch(/20 × Release Date: must not be after 2011/);
  });

  it('zero-copy', async () => {
    const stdout = await example('zero-copy', []);
    expect(stdout).toContain('200000 flights, 21.6 % of them more than 15 minutes late');
    expect(stdout).toMatch(/shared: 1[56]\d{5} bytes mapped, \d{1,4} bytes copied/);
    expect(stdout).toContain('193927 of them differ');
  });

  it('pipeline', async () => {
    const stdout = await example('pipeline', ['films-stream.parquet']);
    expect(stdout).toContain('850 films: 84');
    expect(stdout).toMatch(
      /"read":3401,"written":3184,"rejected":\d+,"filtered":0,"deduplicated":/,
    );
    expect(stdout).toContain('the first dead letter: {"index":');
  });
});
