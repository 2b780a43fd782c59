import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { job, users } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

const ROWS = 200_000;
const OLD = 'old';

/** A rule that kills its worker, once, when the last row comes and others are on the disk. */
const KILLER = `
import os, signal, time
from pathlib import Path

from etl_polyglot import rule


@rule("user")
def kills(frame):
    if (frame["id"] == ${ROWS}).any() and not Path("killed").exists():
        while not any(file.stat().st_size for file in Path("data/output").glob("*.staged")):
            time.sleep(0.01)
        Path("killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return frame["id"] > 0
`;

let folder: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = workingFolder();
  const rows = Array.from({ length: ROWS }, (_, at) => {
    return `${at + 1},user${at}@example.com,User ${at},${at % 100},2024-01-01T00:00:00Z,true,a|b`;
  });
  writeFileSync(`${folder}/data/big.csv`, users(rows));
  mkdirSync(`${folder}/data/output`);
  mkdirSync(`${folder}/python`);
  writeFileSync(`${folder}/python/killer.py`, KILLER);
  const environment = { ETL_PYTHON_DIR: './python', ETL_MEMORY_LIMIT: '256MiB' };
  server = await ServerProcess.start(folder, environment);
});

it.each(['csv', 'ndjson', 'json', 'arrow'] as const)(
  'a worker that is killed while it writes %s leaves the old target, and no other file',
  async (type) => {
    const output = `${folder}/data/output`;
    const target = `users.${type}`;
    rmSync(`${folder}/killed`, { force: true });
    rmSync(output, { recursive: true });
    mkdirSync(output);
    writeFileSync(`${output}/${target}`, OLD);
    await server.jobs.submit(
      job({
        job_id: type,
        source_path: './data/big.csv',
        target_type: type,
        target_path: `./data/output/${target}`,
        transformations: [],
      }),
    );
    const retried = () =>
      server.log.some((one) => one.event === 'job.retried' && one.job_id === type);
    while (!retried()) await new Promise((next) => setTimeout(next, 5));
    expect(readFileSync(`${output}/${target}`, 'utf8')).toBe(OLD);

    const ended = await server.jobs.get(type, { wait: 60 });
    expect(ended).toMatchObject({ state: 'succeeded', attempt: 2, output: { rows: ROWS } });
    const digest = createHash('sha256')
      .update(readFileSync(`${output}/${target}`))
      .digest('hex');
    expect(ended.output?.sha256).toBe(digest);
    expect(readdirSync(output).sort()).toEqual(['.etl-versions', target]);
  },
);
