import { beforeAll, describe, expect, it } from 'vitest';
import { job } from './support/job.js';
import { ServerProcess, workingFolder } from './support/server.js';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(workingFolder());
});

describe('a step that nothing could go through is refused before a job is made:', () => {
  const count = { name: 'n', function: 'count' };
  const byEmail = { type: 'aggregate', group_by: ['email'], aggregates: [count] };
  const of = (name: string, column?: string) => ({ name: 'n', function: name, column });
  const aggregated = (...aggregates: object[]) => ({ ...byEmail, aggregates });

  const key = (...names: string[]) => ({ type: 'deduplicate', key: names });
  const first = '/transformations/0';
  const operand = `${first}/aggregates/0`;

  it.each<[string, unknown[], string, string]>([
    ['an unknown step', ['dedupe'], first, 'there are validate, normalize, deduplicate, aggregate'],
    ['a step that is misspelt', ['normalise'], first, 'did you mean normalize?'],
    ['a step without its options', ['aggregate'], first, 'aggregate has options'],
    ['an unknown option', [{ ...key('id'), keys: 1 }], `${first}/keys`, 'did you mean key?'],
    ['an empty key', [key()], `${first}/key`, 'at least 1'],
    ['an unknown keep', [{ ...key('id'), keep: 'any' }], `${first}/keep`, '"first","last"'],
    ['no groups', [{ ...byEmail, group_by: undefined }], `${first}/group_by`, 'is required'],
    ['an unknown function', [aggregated(of('median'))], `${operand}/function`, 'mean mean?'],
    ['an unknown column', [key('emial')], `${first}/key/0`, 'did you mean email?'],
    ['a sum of texts', [aggregated(of('sum', 'name'))], `${operand}/column`, 'takes numbers'],
    ['a least list', [aggregated(of('min', 'tags'))], `${operand}/column`, 'has an order'],
    ['a sum of nothing', [aggregated(of('sum'))], `${operand}/column`, 'sum of what?'],
    ['a name given twice', [aggregated(count, count)], `${first}/aggregates/1/name`, 'another'],
    ['a column that is gone', [byEmail, key('age')], '/transformations/1/key/0', 'no such column'],
    ['a key that is gone', [byEmail, 'deduplicate'], '/transformations/1', 'by which columns'],
    ['validation of groups', [byEmail, 'validate'], '/transformations/1', 'cannot stand after'],
  ])('%s', async (_, transformations, path, word) => {
    const request = { ...job({ job_id: 'never' }), transformations };
    const response = await server.post('/api/v1/jobs', request);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining(word),
      errors: [{ path, field: 'transformations', message: expect.stringContaining(word) }],
    });
    expect((await fetch(`${server.url}/api/v1/jobs/never`)).status).toBe(404);
  });

  it('append, which files do not have', async () => {
    const request = { ...job(), if_exists: 'append' };
    const response = await server.post('/api/v1/jobs', request);
    expect(await response.json()).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      errors: [{ path: '/if_exists' }],
    });
  });
});
