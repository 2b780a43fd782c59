import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAIN, workingFolder } from './support/server.js';

let folder: string;

function etl(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, ETL_WORKERS: '1' };
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, env, encoding: 'utf8' });
}

beforeAll(() => {
  folder = workingFolder();
});

describe('etl schema infer', () => {
  it('prints a schema whose members have the order of the file, and nothing else', () => {
    writeFileSync(`${folder}/years.csv`, 'name,1991,1990\nAnn,1,2.5\nBob,3,\n');
    const { status, stdout, stderr } = etl('schema', 'infer', 'years.csv');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.indexOf('"1991"')).toBeLessThan(stdout.indexOf('"1990": {'));
    expect(JSON.parse(stdout)).toMatchObject({
      title: 'Years',
      required: ['name', '1991'],
      properties: { 1990: { type: 'number', minimum: 0 } },
    });
  });

  it('writes a schema that compiles and accepts the file', () => {
    mkdirSync(`${folder}/schemas`);
    const file = 'data/input/users.csv';
    const drafted = etl('schema', 'infer', file, '--name', 'member', '--out', 'schemas');
    expect(drafted).toMatchObject({ status: 0, stdout: 'schemas/member.schema.json\n' });
    const out = 'schemas/member.schema.json';
    expect(drafted.stderr).toBe(
      `drafted from 300 records; next: edit it, then etl schema show ${out}\n`,
    );
    expect(etl('schema', 'check', out)).toMatchObject({ status: 0 });
    expect(etl('validate', file, '--schema', out)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('0 invalid'),
    });
  });

  it('writes over no file that is there', () => {
    writeFileSync(`${folder}/mine.schema.json`, 'mine');
    const { status, stderr } = etl(
      'schema',
      'infer',
      'data/input/users.csv',
      '--out',
      'mine.schema.json',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('mine.schema.json is there already');
    expect(readFileSync(`${folder}/mine.schema.json`, 'utf8')).toBe('mine');
  });

  it('reads with the delimiter and the null values that it is given', () => {
    writeFileSync(`${folder}/odd.txt`, 'a^b\n1^NA\n2^7\n');
    const given = ['--type', 'csv', '--delimiter', '^', '--null-values', 'NA', '-'];
    const { status, stdout } = etl('schema', 'infer', 'odd.txt', ...given);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      required: ['a'],
      properties: { b: { type: 'integer' } },
    });
  });

  it('ends by 2 where it is not asked well, and by 1 where the file is at fault', () => {
    writeFileSync(`${folder}/twice.csv`, 'a,a\n1,2\n');
    writeFileSync(`${folder}/odd.xyz`, 'a\n1\n');
    const cases: [string[], number, string][] = [
      [['twice.csv'], 1, "etl: COLUMNS_MISMATCH: twice.csv: column 'a' stands there 2 times"],
      [['odd.xyz'], 2, 'say the format with --type'],
      [['none.csv'], 2, 'etl: SOURCE_MISSING: none.csv could not be opened'],
      [['twice.csv', '--out', 'there'], 2, 'name a file twice.schema.json, or a folder'],
    ];
    for (const [args, expected, told] of cases) {
      const { status, stdout, stderr } = etl('schema', 'infer', ...args);
      expect({ status, stdout, told: stderr.includes(told) ? told : stderr }).toEqual({
        status: expected,
        stdout: '',
        told,
      });
    }
    expect(existsSync(`${folder}/there`)).toBe(false);
  });
});
