import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runEtl } from './support/etl.js';
import { GOOD, HEADER, job, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

let folder: string;

const etl = (args: readonly string[], onSpawn?: (interrupt: () => void) => void) =>
  runEtl(folder, args, onSpawn);

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function write(name: string, content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(`${folder}/${name}`, text);
  return name;
}

const row = { id: 1, email: 'a@b.co', name: 'A', created_at: '2024-01-01T00:00:00Z' };

beforeAll(() => {
  folder = workingFolder();
});

describe('etl validate', () => {
  it('ends by 0 on a valid file of every format', async () => {
    const files = [
      'data/input/users.csv',
      write('rows.json', [row, row]),
      write('rows.ndjson', `${JSON.stringify(row)}\n\n${JSON.stringify(row)}`),
    ];
    for (const file of files) {
      const { code, stdout, stderr } = await etl(['validate', file, '--schema', 'user']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^\d+ records: \d+ valid, 0 invalid\n$/);
    }
  });

  it('ends by 1 on invalid rows, and says which lines and why', async () => {
    const lines = [
      JSON.stringify(row),
      '',
      '{"id": 1',
      JSON.stringify({ ...row, id: '\u001b[2Jx' }),
    ];
    const file = write('bad.ndjson', lines.join('\n'));
    const { code, stdout } = await etl(['validate', file, '--schema', 'user']);
    expect(code).toBe(1);
    expect(stdout).toContain('line 3: cannot be read as a record');
    expect(stdout).toContain('line 4: /id must be integer');
    expect(stdout).toContain('3 records: 1 valid, 2 invalid');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints error records and a last record of counts with --json', async () => {
    const file = write('bad.csv', users([GOOD, '0,x,N,,2024-01-01T00:00:00Z,,', 'a,b']));
    const { code, stdout } = await etl(['validate', file, '--schema', 'user', '--json']);
    expect(code).toBe(1);
    const records = jsonLines(stdout);
    expect(records.slice(0, 2)).toMatchObject([
      { index: 1, path: '/email', line: 3 },
      { index: 1, path: '/id', line: 3 },
    ]);
    expect(records.at(-1)).toMatchObject({
      valid: false,
      total_records: 3,
      valid_records: 1,
      invalid_records: 2,
      errors_truncated: false,
    });
  });

  it('cuts the list at --max-errors, never the counts', async () => {
    const file = write(
      'many.json',
      Array.from({ length: 50 }, () => ({ ...row, id: 0 })),
    );
    for (const mode of ['dual', 'zod', 'pydantic']) {
      const args = ['validate', file, '--schema', 'user', '--mode', mode];
      const { stdout } = await etl([...args, '--max-errors', '3', '--json']);
      const records = jsonLines(stdout);
      expect(records).toHaveLength(4);
      expect(records[3]).toMatchObject({ invalid_records: 50, errors_truncated: true });
    }
  });

  it('takes a schema file of its own', async () => {
    mkdirSync(`${folder}/own`);
    const schema = { type: 'object', properties: { n: { type: 'integer' } } };
    write('own/order.json', { title: 'Order', ...schema, additionalProperties: false });
    const file = write('orders.json', [{ n: 1 }, { n: 'x' }]);
    const { code, stdout } = await etl(['validate', file, '--schema', 'own/order.json']);
    expect(code).toBe(1);
    expect(stdout).toContain('row 1: /n must be integer, not "x" [wrong_type]');
  });

  it.each([
    ['a missing file', ['none.csv', '--schema', 'user'], /none.csv cannot be read \(ENOENT\)/],
    ['an unknown format', ['/dev/null', '--schema', 'user'], /extension must be one of csv/],
    ['an unknown schema', ['data/input/users.csv', '--schema', 'usr'], /did you mean user\?/],
    ['no schema', ['data/input/users.csv'], /--schema/],
    ['an unknown option', ['x.csv', '--shema', 'user'], /--schema/],
    ['an unknown mode', ['x.csv', '--schema', 'user', '--mode', 'both'], /dual, zod, pydantic/],
    ['zod on CSV', ['data/input/users.csv', '--schema', 'user', '--mode', 'zod'], /Python alone/],
  ])('ends by 2 on %s', async (_, args, message) => {
    const { code, stdout, stderr } = await etl(['validate', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('ends by 2 on what is no regular file', async () => {
    for (const format of ['csv', 'json', 'parquet']) {
      mkdirSync(`${folder}/folder.${format}`);
      const ended = await etl(['validate', `folder.${format}`, '--schema', 'user']);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(`folder.${format} is not a regular file`);
    }
  });

  it('tells where a schema file of its own is wrong, by its own name', async () => {
    mkdirSync(`${folder}/wrong`);
    const file = write('wrong/order.json', { type: 'object', properties: { n: { type: 'int' } } });
    const { code, stderr } = await etl(['validate', write('n.json', []), '--schema', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('--schema wrong/order.json#/properties/n/type: ');
    expect(stderr).not.toMatch(/ETL_SCHEMA_DIR|etl-validate-/);
  });

  it('refuses more errors than it can show', async () => {
    const args = ['validate', 'data/input/users.csv', '--schema', 'user', '--max-errors', '10001'];
    const { code, stderr } = await etl(args);
    expect(code).toBe(2);
    expect(stderr).toContain('--max-errors 10001: expected a whole number from 0 to 10000');
  });

  it('ends by 1 on an empty or broken file', async () => {
    for (const [file, code] of [
      [write('empty.csv', ''), 'EMPTY_SOURCE'],
      [write('empty.json', ''), 'EMPTY_SOURCE'],
      [write('empty.ndjson', ''), 'EMPTY_SOURCE'],
      [write('empty.parquet', ''), 'EMPTY_SOURCE'],
      [write('broken.json', '[{'), 'INPUT_CORRUPT'],
      [write('object.json', '{}'), 'INPUT_CORRUPT'],
    ]) {
      const ended = await etl(['validate', String(file), '--schema', 'user', '--json']);
      expect(ended.code, file).toBe(1);
      const [{ error }] = jsonLines(ended.stderr) as [{ error: { code: string; message: string } }];
      expect(error.code).toBe(code);
      expect(error.message).not.toMatch(/\{'|EMPTY_SOURCE|INPUT_CORRUPT|etl-validate-/);
    }
  });
});

describe('etl run', () => {
  it('runs a job in its own process, prints it and ends by 0', async () => {
    const file = write('job.json', job({ target_path: './data/output/run.parquet' }));
    const { code, stdout, stderr } = await etl(['run', file, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toMatchObject([{ job_id: 'job_001', state: 'succeeded' }]);
    expect(existsSync(`${folder}/data/output/run.parquet`)).toBe(true);
    expect(readdirSync(`${folder}/.etl`)).toEqual([]);
  });

  it('ends by 1 when the data is refused, shows the rejects and keeps them', async () => {
    write('data/bad.csv', users([GOOD, 'x,b@c.de,B,,2024-01-01T00:00:00Z,,']));
    const file = write('bad-job.json', job({ source_path: './data/bad.csv' }));
    const { code, stdout, stderr } = await etl(['run', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^job_001 failed: read 2, written 0, rejected 1/);
    expect(stderr).toContain('line 3: /id');
    expect(stderr).toContain('VALIDATION_FAILED');
    const kept = readFileSync(`${folder}/.etl/rejects/job_001.ndjson`, 'utf8');
    expect(jsonLines(kept)).toMatchObject([{ line: 3, path: '/id' }]);
  });

  it('ends by 0 when a lenient job has rejects', async () => {
    const target_path = './data/output/lenient.parquet';
    const lenient = {
      source_path: './data/bad.csv',
      target_path,
      validation_mode: 'lenient' as const,
    };
    const { code, stdout } = await etl(['run', write('lenient.json', job(lenient))]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/succeeded: read 2, written 1, rejected 1/);
  });

  it.each([
    ['is no JSON', '{', /cannot be read as a job/],
    ['has an unknown key', { ...job(), sorce: 1 }, /sorce is not a known key/],
    ['has no schema that is known', job({ schema_name: 'usr' }), /did you mean user\?/],
    ['names no file', job({ source_path: './data/none.csv' }), /SOURCE_NOT_FOUND/],
    ['leads out of the data roots', job({ source_path: '/etc/passwd' }), /ETL_DATA_ROOTS/],
  ])('ends by 2 on a job that %s', async (_, content, message) => {
    const { code, stdout, stderr } = await etl(['run', write('wrong.json', content)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('ends by 130 on Ctrl-C, and leaves nothing behind', async () => {
    const rows = Array.from({ length: 300_000 }, (_, at) => GOOD.replace('1', String(at + 1)));
    write('data/big.csv', [HEADER, ...rows, ''].join('\n'));
    const target_path = './data/interrupted/users.parquet';
    const file = write('big.json', job({ source_path: './data/big.csv', target_path }));
    const before = readdirSync(`${folder}/.etl`);
    const { code, stdout } = await etl(['run', file], (interrupt) => {
      // The target's folder is made when the job begins to run.
      const look = setInterval(() => {
        if (!existsSync(`${folder}/data/interrupted`)) return;
        clearInterval(look);
        setTimeout(interrupt, 200);
      }, 10);
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(readdirSync(`${folder}/data/interrupted`)).toEqual([]);
    expect(readdirSync(`${folder}/.etl`)).toEqual(before);
  });

  it('runs a job on a server, and ends as the job does', async () => {
    const server = await ServerProcess.start(workingFolder());
    const good = write('server.json', job());
    const done = await etl(['run', good, '--server', server.url, '--json']);
    expect(done.code).toBe(0);
    const [ended, report] = await Promise.all([
      server.jobs.get('job_001'),
      server.jobs.report('job_001'),
    ]);
    expect(jsonLines(done.stdout)).toEqual([{ ...ended, report }]);

    const again = write('again.json', job({ batch_size: 5 }));
    const conflict = await etl(['run', again, '--server', server.url]);
    expect(conflict.code).toBe(2);
    expect(conflict.stderr).toContain('JOB_CONFLICT');
    await server.kill('SIGTERM');

    const gone = await etl(['run', good, '--server', server.url]);
    expect(gone.code).toBe(5);
    expect(gone.stderr).toMatch(/UNREACHABLE: .* does not answer\nnext: etl serve/);
  });
});

describe('etl', () => {
  it('shows help and version, and ends by 0', async () => {
    expect(await etl(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
    const help = await etl(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('validate');
  });

  it('ends by 2 on a command that it does not know, with the one that was perhaps meant', async () => {
    const { code, stderr } = await etl(['valdate']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean validate?');
  });
});
