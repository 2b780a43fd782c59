import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../../../ts/cli/run.js';
import { fillDefaults } from '../../../ts/jobs/request.js';
import { failed, type Job, newJob, succeeded } from '../../../ts/jobs/resource.js';
import { temporaryFolder } from '../temporary-folder.js';

const REQUEST = {
  source_type: 'csv',
  source_path: './data/in.csv',
  target_type: 'parquet',
  target_path: './data/out.parquet',
  schema_name: 'user',
} as const;
const SUBMITTED = newJob('job_1', fillDefaults(REQUEST));
const HEADLINE = 'read 0, written 0, rejected 0, filtered 0, deduplicated 0\n';
const MISSING = 'the report of job_1 is missing: the server answered 500\n';

type OnReport = (response: ServerResponse, interrupt: AbortController) => void;

/** Runs a job on a server where it has ended, and whose report is what the listener answers. */
async function runOn(ended: Job, onReport: OnReport, json = false) {
  const interrupt = new AbortController();
  const answer: RequestListener = ({ url, method }, response) => {
    if (url?.endsWith('/report')) onReport(response, interrupt);
    else response.end(JSON.stringify(method === 'POST' ? SUBMITTED : ended));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const file = join(temporaryFolder(), 'job.json');
  writeFileSync(file, JSON.stringify(REQUEST));
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  const { port } = server.address() as AddressInfo;
  const options = { server: `http://127.0.0.1:${port}`, json };
  const code = await run(file, options, interrupt.signal);
  return { code, ...said };
}

const refuse: OnReport = (response) => void response.writeHead(500).end();

describe('a job whose report cannot be had', () => {
  it('is told, and ends the command as without', async () => {
    expect(await runOn(succeeded(SUBMITTED), refuse)).toEqual({
      code: 0,
      stdout: `job_1 succeeded: ${HEADLINE}`,
      stderr: MISSING,
    });
  });

  it('is told when it failed, and why', async () => {
    const ended = failed(SUBMITTED, 'EMPTY_SOURCE', { path: 'in.csv' });
    const { code, stdout, stderr } = await runOn(ended, refuse);
    expect({ code, stdout }).toEqual({ code: 1, stdout: `job_1 failed: ${HEADLINE}` });
    expect(stderr).toMatch(/^the report of job_1 is missing: .*\netl: EMPTY_SOURCE: .*in\.csv/);
  });

  it('is told as JSON, without the report', async () => {
    const ended = succeeded(SUBMITTED);
    const { code, stdout, stderr } = await runOn(ended, refuse, true);
    expect({ code, stderr }).toEqual({ code: 0, stderr: MISSING });
    expect(JSON.parse(stdout)).toEqual({ ...ended, report: null });
  });

  it('is not said to go on when the wait for the report is interrupted', async () => {
    const interrupted: OnReport = (_, interrupt) => interrupt.abort();
    expect(await runOn(succeeded(SUBMITTED), interrupted)).toEqual({
      code: 130,
      stdout: `job_1 succeeded: ${HEADLINE}`,
      stderr: '',
    });
  });
});
