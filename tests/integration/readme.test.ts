import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, ServerProcess, workingFolder } from './support/server.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** What differs from one run to the next. */
const VOLATILE = new Set(['duration_ms', 'created_at', 'started_at', 'finished_at']);

const volatileAsNull = (key: string, value: unknown) => (VOLATILE.has(key) ? null : value);

/** A shell block of the README that is marked to run, and the JSON that it is said to print. */
interface Request {
  readonly command: string;
  readonly printed: string;
}

const requests: Request[] = Array.from(
  README.matchAll(/```sh\n(curl[\s\S]*?)```\n\s*```json\n([\s\S]*?)```/g),
  ([, command = '', printed = '']) => ({ command, printed }),
);

describe('the requests of the README', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start(workingFolder());
    await server.ready();
  });

  it('are found', () => {
    expect(requests).toHaveLength(2);
  });

  it.each(requests)('$command', async ({ command, printed }) => {
    const script = command.replaceAll('http://127.0.0.1:3000', server.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    // The last line is the answer that the README shows.
    const answer = stdout.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(answer, volatileAsNull)).toEqual(JSON.parse(printed, volatileAsNull));
  });
});
