import { request as httpRequest } from 'node:http';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../ts/bridge/errors.js';
import { EtlError } from '../../../ts/errors.js';
import { ERRORS, type ErrorCode } from '../../../ts/generated/errors.js';
import { JsonBodies } from '../../../ts/http/body.js';
import { problemHandler } from '../../../ts/http/problems.js';
import { requestLog } from '../../../ts/http/request-log.js';
import { openLog } from '../../../ts/observability/log.js';
import { listen } from './listen.js';

const LIMIT = 1_000;
/** A server that reads JSON bodies, and throws what its path names. */
function serve(lines: string[] = []): Promise<string> {
  const log = openLog('trace', { write: (line) => void lines.push(line) });
  const app = express();
  const bodies = new JsonBodies(LIMIT);
  app.use(requestLog(log));
  app.post('/body', async (request, response) => {
    response.json(await bodies.read(request, response, LIMIT));
  });
  app.get('/defect', () => {
    throw new Error('secret of the inside');
  });
  app.get('/python', () => {
    const params = { method: 'validate_rows', exception: 'KeyError', message: "{'a': 1}" };
    const message = "validate_rows raised KeyError: {'a': 1}";
    const frames = [{ file: '/py/rows.py', line: 12, function: 'judge', source: 'seen[row]' }];
    const exceptions = [{ type: 'KeyError', message: "{'a': 1}", frames }];
    throw new BridgeError('WORKER_FAILED', params, { message, exceptions });
  });
  app.get('/missing', () => {
    const message = "SOURCE_MISSING: {'path': 'a.csv'}";
    throw new BridgeError('SOURCE_MISSING', { path: 'a.csv', reason: 'gone' }, { message });
  });
  app.get('/:code', ({ params }) => {
    throw new EtlError(params.code as ErrorCode, { job_id: 'job_1', reason: 'a\r\nb' });
  });
  app.use(problemHandler(log));
  return listen(app);
}

const post = (url: string, init: RequestInit) => fetch(`${url}/body`, { method: 'POST', ...init });

describe('a problem', () => {
  it('is sent with the status and title of the table for every code', async () => {
    const url = await serve();
    for (const [code, { status, title, retryable }] of Object.entries(ERRORS)) {
      const response = await fetch(`${url}/${code}`);
      expect(response.status, code).toBe(status ?? 500);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(response.headers.has('retry-after')).toBe(retryable);
      const problem = (await response.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({ code, title, status: response.status, errors: [] });
      expect(problem.type).toBe(
        `urn:etl-polyglot:error:${code.toLowerCase().replaceAll('_', '-')}`,
      );
      expect(problem.instance).toBe(`urn:uuid:${response.headers.get('x-request-id')}`);
      expect(problem.job_id).toBe('job_1');
    }
  });

  it('of a defect names the request and nothing of the inside; the log has the cause', async () => {
    const lines: string[] = [];
    const response = await fetch(`${await serve(lines)}/defect`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret');
    const requestId = response.headers.get('x-request-id') ?? '';
    expect(text).toContain(requestId);
    expect(lines.find((line) => line.includes('secret of the inside'))).toContain(requestId);
  });
});

describe('a failure in Python', () => {
  it('that is a defect names the request; the log has the exception and where it was raised', async () => {
    const lines: string[] = [];
    const response = await fetch(`${await serve(lines)}/python`);
    const problem = (await response.json()) as { code: string; detail: string };
    const requestId = response.headers.get('x-request-id');
    expect(problem.code).toBe('WORKER_FAILED');
    expect(problem.detail).toBe(
      `The server failed on this request; its log has the cause under request id ${requestId}.`,
    );
    const logged = lines.find((line) => line.includes('http.failed'));
    expect(logged).toContain('KeyError');
    expect(logged).toContain('judge (/py/rows.py:12)');
    expect(logged).toContain('seen[row]');
  });

  it('that is foreseen is told in the words of the table', async () => {
    const response = await fetch(`${await serve()}/missing`);
    expect(await response.json()).toMatchObject({ detail: 'a.csv could not be opened: gone' });
  });
});

describe('a JSON body', () => {
  const json = { 'Content-Type': 'application/json' };

  it('is read', async () => {
    const response = await post(await serve(), { headers: json, body: '{"a": [1]}' });
    expect(await response.json()).toEqual({ a: [1] });
  });

  it.each([
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json;',
    'application/json; charset=utf-8; x=y',
  ])('may be sent as %s', async (type) => {
    const response = await post(await serve(), {
      headers: { 'Content-Type': type },
      body: '[]',
    });
    expect(response.status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])(
    'is refused as %s',
    async (type) => {
      const response = await post(await serve(), {
        headers: { 'Content-Type': type },
        body: '[]',
      });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({
        code: 'UNSUPPORTED_MEDIA_TYPE',
        detail: expect.stringContaining('send application/json'),
      });
    },
  );

  it('is refused when it is compressed', async () => {
    const response = await post(await serve(), {
      headers: { ...json, 'Content-Encoding': 'gzip' },
      body: '[]',
    });
    expect(response.status).toBe(415);
  });

  it('that says it is too large is refused before it is sent', async () => {
    const url = new URL('/body', await serve());
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...json, 'Content-Length': 10 ** 12 };
      const request = httpRequest(url, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(status).toBe(413);
  });

  it('without a length is refused as soon as it is too large', async () => {
    const url = new URL('/body', await serve());
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: json }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.write('x'.repeat(LIMIT + 1)); // Never ended.
    });
    expect(status).toBe(413);
  });

  it('that is not JSON is refused with the reason', async () => {
    const response = await post(await serve(), { headers: json, body: '{"a": }' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'MALFORMED_JSON',
      detail: expect.stringMatching(/^The body is not valid JSON: .*Content-Type/),
    });
  });
});
