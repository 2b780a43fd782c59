import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JobsClient, ProblemError } from '../../ts/client.js';

/** Something that answers HTTP, always by the same. */
async function listen(status: number, body: string): Promise<JobsClient> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new JobsClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const refusal = (answer: Promise<unknown>) =>
  answer.then(
    () => undefined,
    (error: unknown) => error as ProblemError,
  );

describe('a server that is none of ours', () => {
  it.each(['<h1>Welcome</h1>', '{}', 'null', '[]', '{"job_id":"j","state":"lost"}'])(
    'is refused when it answers 200 and %s',
    async (body) => {
      const jobs = await listen(200, body);
      const calls = [jobs.get('j'), jobs.follow('j').next(), jobs.rejects('j')];
      for (const error of await Promise.all(calls.map(refusal))) {
        expect(error).toBeInstanceOf(ProblemError);
        expect(error?.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ is not an etl server/);
      }
    },
  );

  it('is refused by its status', async () => {
    const error = await refusal((await listen(404, '<h1>Not found</h1>')).get('j'));
    expect(error).toMatchObject({
      status: 404,
      code: 'UNKNOWN',
      message: 'the server answered 404',
    });
  });
});
