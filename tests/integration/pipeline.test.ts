import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Table, vectorFromArray } from 'apache-arrow';
import { Pipeline } from 'etl-polyglot';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { job } from './support/job.js';
import { project } from './support/project.js';
import { ROOT, ServerProcess, workingFolder } from './support/server.js';

interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly created_at: string;
}

/** Users with duplicates, bad ones, and texts that want normalising. */
const userRow = fc.record({
  id: fc.integer({ min: 0, max: 40 }),
  email: fc.constantFrom('Ada@EXAMPLE.com', 'bob@example.org', 'nobody'),
  name: fc.constantFrom('Ada  Lovelace', ' Bob', 'é', ''),
  created_at: fc.constantFrom('2024-01-01T02:00:00+02:00', '2024-02-29T00:00:00.5Z', '2024-02-30'),
});

function tableOf(rows: readonly User[]): Table {
  return new Table({
    id: vectorFromArray(Int32Array.from(rows, ({ id }) => id)),
    email: vectorFromArray(rows.map(({ email }) => email)),
    name: vectorFromArray(rows.map(({ name }) => name)),
    created_at: vectorFromArray(rows.map(({ created_at }) => created_at)),
  });
}

describe('what a pipeline publishes', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start(workingFolder());
  });

  it('is what a job of the server publishes of the same rows, however they were cut and saved', async () => {
    let attempt = 0;
    const cuts = fc.array(
      fc.record({
        rows: fc.array(userRow, { maxLength: 12 }),
        way: fc.constantFrom('validate and transform', 'transform', 'save', 'table'),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(cuts, async (chunks) => {
        attempt += 1;
        const rows = chunks.flatMap((chunk) => chunk.rows);
        fc.pre(rows.length > 0);
        const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
        const target = `data/output/users-${attempt}.parquet`;
        const request = job({
          job_id: `job_${attempt}`,
          source_type: 'ndjson',
          source_path: server.write(`input/${attempt}.ndjson`, lines),
          target_path: target,
          validation_mode: 'lenient',
        });
        await server.jobs.submit(request);
        const pipeline = await Pipeline.open({
          schema: 'user',
          transformations: ['normalize', 'deduplicate'],
          target: server.path(`data/output/library-${attempt}.parquet`),
          workers: 1,
          settings: { ETL_STATE_DIR: server.path('.etl-library') },
        });
        try {
          for (const { rows: chunk, way } of chunks) {
            if (way === 'table' && chunk.length > 0) await pipeline.save(tableOf(chunk));
            else if (way === 'transform') await pipeline.save(await pipeline.transform(chunk));
            else if (way === 'save') await pipeline.save(chunk);
            else await pipeline.save(await pipeline.transform(await pipeline.validate(chunk)));
          }
          const published = await pipeline.finish();
          const ofJob = await ended(server, `job_${attempt}`);
          expect(ofJob.state).toBe('succeeded');
          expect(published.counts).toEqual(ofJob.counts);
          expect(published.sha256).toBe(ofJob.output?.sha256);
          expect(readFileSync(published.path)).toEqual(readFileSync(server.path(target)));
        } finally {
          await pipeline.close();
        }
      }),
      { numRuns: 8 },
    );
  });
});

async function ended(server: ServerProcess, jobId: string) {
  for await (const one of server.jobs.follow(jobId)) {
    if (one.finished_at !== null) return one;
  }
  throw new Error('a job is followed to its end');
}

describe('a plain program with a pipeline', () => {
  let folder: string;

  beforeAll(() => {
    folder = project();
    const program = join(ROOT, 'tests/integration/programs/pipeline.mjs');
    copyFileSync(program, join(folder, 'pipeline.mjs'));
  });

  function run(...args: string[]): ChildProcess {
    return spawn(process.execPath, args, { cwd: folder, stdio: 'pipe' });
  }

  /** What a program printed, and how it ended. */
  async function outcome(child: ChildProcess): Promise<{ stdout: string; ending: unknown }> {
    let stdout = '';
    child.stdout?.on('data', (text) => {
      stdout += text;
    });
    const ending = await new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal));
    });
    return { stdout, ending };
  }

  /** Starts a program and waits until it has saved something. */
  async function saved(): Promise<ChildProcess> {
    const child = run('pipeline.mjs');
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(left()).toHaveLength(1);
    return child;
  }

  const left = () => readdirSync(join(folder, '.etl')).filter((name) => name !== 'schemas');

  it('may be that of docs/library.md, which prints what it is said to print', async () => {
    const docs = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
    const [, program = ''] = /```js\n([\s\S]*?)```/.exec(docs) ?? [];
    writeFileSync(join(folder, 'documented.mjs'), program);
    const { stdout } = await outcome(run('documented.mjs'));
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(docs).toContain(`\`${line}\``);
  });

  it('needs no server', async () => {
    const { stdout, ending } = await outcome(run('pipeline.mjs', 'finish'));
    expect(ending).toBe(0);
    expect(stdout).toContain('"counts":{"read":2,"written":1,"rejected":1,');
    expect(left()).toEqual([]);
    const published = readdirSync(join(folder, 'data/output'));
    expect(published).toEqual(expect.arrayContaining(['rejects.ndjson', 'users.parquet']));
  });

  it('leaves nothing when it exits, throws, or is ended by a signal', async () => {
    expect(await outcome(run('pipeline.mjs', 'exit'))).toMatchObject({ ending: 7 });
    expect(left()).toEqual([]);
    expect(await outcome(run('pipeline.mjs', 'throw'))).toMatchObject({ ending: 1 });
    expect(left()).toEqual([]);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = await saved();
      child.kill(signal);
      expect(await outcome(child)).toMatchObject({ ending: signal });
      expect(left()).toEqual([]);
    }
  });

  it('that is killed leaves what the next one removes', async () => {
    const child = await saved();
    child.kill('SIGKILL');
    await outcome(child);
    expect(left()).toHaveLength(1);
    await outcome(run('pipeline.mjs', 'finish'));
    expect(left()).toEqual([]);
    expect(existsSync(join(folder, 'data/output/users.parquet'))).toBe(true);
  });
});
