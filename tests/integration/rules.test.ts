import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOOD, job, OTHER, users } from './support/job.js';
import { MAIN, ROOT, ServerProcess, workingFolder } from './support/server.js';

const DOCS = readFileSync(join(ROOT, 'docs/business-rules.md'), 'utf8');
const blocks = (language: string) =>
  [...DOCS.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(
    ([, text]) => text ?? '',
  );
const [RULES = ''] = blocks('python');
const [REQUEST = '', ERRORS = ''] = blocks('json');
const PYTHON = { ETL_PYTHON_DIR: './python' };

/** A working folder with files of rules in `python/`. */
function folderWith(files: Record<string, string>): string {
  const folder = workingFolder();
  mkdirSync(join(folder, 'python'));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, 'python', name), text);
  return folder;
}

const YOUNG = '3,eve@example.com,Eve,16,2024-01-01T00:00:00Z,true,';
const WRONG = '0,max@example.com,Max,16,2024-01-01T00:00:00Z,true,';

interface Result {
  status: string;
  result: { valid_records: number; invalid_records: number; errors: object[]; layers: object };
}

describe('a server with the rules of docs/business-rules.md', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start(folderWith({ 'users.py': RULES }), PYTHON);
    await server.ready();
  });

  const validate = async (body: object) =>
    ((await (await server.post('/api/v1/validate', body)).json()) as Result).result;

  it('says at start which rules it has', () => {
    expect(server.log).toContainEqual(
      expect.objectContaining({
        event: 'extensions.loaded',
        rules: {
          user: ['adults_only', 'not_from_the_future', 'premium_has_a_company_address'],
        },
      }),
    );
  });

  it('answers as the page says, and counts rules in the layer of Pydantic alone', async () => {
    const request = JSON.parse(REQUEST) as object;
    expect(await validate(request)).toMatchObject({
      invalid_records: 1,
      errors: JSON.parse(ERRORS) as object[],
      layers: { zod: { valid_records: 1 }, pydantic: { valid_records: 0 } },
    });
    expect(await validate({ ...request, mode: 'pydantic' })).toMatchObject({
      valid_records: 0,
      errors: JSON.parse(ERRORS) as object[],
    });
    expect(await validate({ ...request, mode: 'zod' })).toMatchObject({
      valid_records: 1,
      errors: [],
    });
    expect(server.log.filter(({ event }) => event === 'validation.disagreement')).toEqual([]);
  });

  it('rejects what breaks rules from a lenient job, and its counts add up', async () => {
    const source = server.write('input/some.csv', users([GOOD, YOUNG, OTHER, WRONG]));
    const { job_id } = await server.jobs.submit(
      job({ job_id: 'lenient', source_path: source, validation_mode: 'lenient' }),
    );
    const done = await server.jobs.get(job_id, { wait: 30 });
    expect(done).toMatchObject({
      state: 'succeeded',
      counts: { read: 4, written: 2, rejected: 2 },
    });
    const { rejects } = await server.jobs.rejects(job_id);
    expect(rejects).toMatchObject([
      { index: 1, expected: 'adults_only', code: 'business_rule', stage: 'validate', line: 3 },
      { index: 3, path: '/id', keyword: 'minimum', stage: 'validate' },
    ]);
  });

  it('fails a strict job, and lets one that skips validation through', async () => {
    const source = server.write('input/young.csv', users([GOOD, YOUNG]));
    const strict = await server.jobs.submit(job({ job_id: 'strict', source_path: source }));
    expect(await server.jobs.get(strict.job_id, { wait: 30 })).toMatchObject({
      state: 'failed',
      error: { code: 'VALIDATION_FAILED' },
    });
    const skip = await server.jobs.submit(
      job({ job_id: 'skip', source_path: source, validation_mode: 'skip' }),
    );
    expect(await server.jobs.get(skip.job_id, { wait: 30 })).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, written: 2 },
    });
  });
});

const rule = (body: string, schema = 'user') =>
  `from etl_polyglot import rule\n\n\n@rule("${schema}")\ndef odd(frame):\n    ${body}\n`;

describe('a folder of rules that cannot be used', () => {
  it.each([
    ['a file that does not parse', 'def f(:', 'users.py:1: SyntaxError: invalid syntax; mend'],
    [
      'a rule for no schema',
      rule('return frame["age"] > 1', 'usr'),
      'users.py:4: rule odd: there is no record schema usr; did you mean user?',
    ],
    [
      'two rules of one name',
      rule('pass') + rule('pass'),
      'users.py:10: user has a rule odd already, at ',
    ],
  ])('keeps the server from starting, and a command from running: %s', async (_, text, told) => {
    const folder = folderWith({ 'users.py': text });
    const { exitCode, stderr } = await ServerProcess.refused(folder, PYTHON);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`ETL_PYTHON_DIR=${JSON.stringify(join(folder, 'python'))}: `);
    expect(stderr).toContain(told);
    const validated = await etl(folder, ['validate', 'data/input/users.csv', '--schema', 'user']);
    expect(validated).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
  });

  it('is named when it is not there', async () => {
    const { exitCode, stderr } = await ServerProcess.refused(workingFolder(), PYTHON);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the folder cannot be read (No such file or directory)');
  });
});

describe('a rule without a verdict', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    const text = rule('return frame["agee"] > 1');
    server = await ServerProcess.start(folderWith({ 'users.py': text }), PYTHON);
    await server.ready();
  });

  it('fails a call and a job by its name, place and cause; the log has the stack', async () => {
    const detail =
      'The rule odd of user (users.py:4) gave no verdict: it raised KeyError at line 6.';
    const answer = await server.post('/api/v1/validate', JSON.parse(REQUEST));
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      code: 'RULE_FAILED',
      detail: expect.stringContaining(detail),
    });
    const { job_id } = await server.jobs.submit(job({ validation_mode: 'lenient' }));
    expect(await server.jobs.get(job_id, { wait: 30 })).toMatchObject({
      state: 'failed',
      counts: { written: 0 },
      error: { code: 'RULE_FAILED', detail: expect.stringContaining(detail) },
    });
    for (const event of ['http.failed', 'job.error']) {
      const logged = server.log.find((entry) => entry.event === event);
      expect(JSON.stringify(logged)).toMatch(/at odd \([^)]*users\.py:6\)/);
    }
  });
});

describe('a rule that never ends', () => {
  it('does not keep the server from stopping', async () => {
    const folder = folderWith({ 'users.py': rule('while True: pass') });
    const server = await ServerProcess.start(folder, PYTHON);
    await server.ready();
    const { job_id } = await server.jobs.submit(job());
    await expect.poll(async () => (await server.jobs.get(job_id)).state).toBe('running');
    const begun = performance.now();
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('the commands', () => {
  const folder = folderWith({ 'users.py': RULES });
  const file = 'data/input/young.csv';
  writeFileSync(join(folder, file), users([GOOD, YOUNG]));

  it('etl validate judges by rules, but not those of a schema in a file of its own', async () => {
    const { code, stdout } = await etl(folder, ['validate', file, '--schema', 'user']);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining('line 3: /age must be of age'),
    });
    const own = join(ROOT, 'shared-schemas/records/user.schema.json');
    expect(await etl(folder, ['validate', file, '--schema', own])).toMatchObject({ code: 0 });
  });

  it('etl run rejects what breaks rules', async () => {
    const request = job({ source_path: file, validation_mode: 'lenient' });
    writeFileSync(join(folder, 'job.json'), JSON.stringify(request));
    const { code, stdout, stderr } = await etl(folder, ['run', 'job.json']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('read 2, written 1, rejected 1'),
    });
    expect(stderr).toContain('must be of age');
  });
});

/** Runs a command in a working folder with its rules. */
function etl(
  folder: string,
  args: string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...PYTHON, ETL_WORKERS: '1' };
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (text) => {
        said[stream] += text;
      });
    }
    child.once('close', (code) => resolve({ code, ...said }));
  });
}
