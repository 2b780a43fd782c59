import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { PipelineOptions } from '../../../ts/pipeline/options.js';
import { temporaryFolder } from '../temporary-folder.js';
import { openPipeline } from './support/open.js';
import { BAD, NORMAL_USER, users } from './support/users.js';

const QUOTED = {
  id: 2,
  email: 'bob@example.org',
  name: 'Bob, "B"',
  created_at: '2024-02-29T00:00:00.5Z',
};
const LATER = { ...QUOTED, id: 3, name: 'Robert', age: 40 };
const GOOD = [NORMAL_USER, QUOTED, LATER];

/** Publishes three good users and a bad one, in two batches, at a target of this name. */
async function publish(name: string, options: PipelineOptions = {}) {
  const target = join(temporaryFolder(), name);
  const pipeline = await openPipeline({
    transformations: ['normalize'],
    ...options,
    schema: 'user',
    target,
  });
  await pipeline.save([BAD, ...users(1), QUOTED]);
  await pipeline.save([LATER]);
  return pipeline.finish();
}

async function published(name: string, options?: PipelineOptions): Promise<Buffer> {
  const { path, bytes } = await publish(name, options);
  const content = readFileSync(path);
  expect(content.length).toBe(bytes);
  return content;
}

const lines = (content: Buffer) => content.toString().trimEnd().split('\n');

describe('a pipeline publishes in the format that the extension of its target says:', () => {
  it('.ndjson is an object a line', async () => {
    const content = await published('users.ndjson');
    expect(lines(content).map((line) => JSON.parse(line))).toEqual(GOOD);
  });

  it('.json is one array', async () => {
    expect(JSON.parse(String(await published('users.json')))).toEqual(GOOD);
  });

  it('.csv has a header, and quotes where they are needed', async () => {
    expect(lines(await published('users.csv'))).toEqual([
      'id,email,name,age,created_at,is_active,tags',
      '1,User0@example.com,Name 0,0,2024-01-01T00:00:00Z,,"[""a"",""t0""]"',
      '2,bob@example.org,"Bob, ""B""",,2024-02-29T00:00:00.5Z,,',
      '3,bob@example.org,Robert,40,2024-02-29T00:00:00.5Z,,',
    ]);
  });

  it('.arrow is an IPC file, and .arrows a stream', async () => {
    const [file, stream] = [await published('users.arrow'), await published('users.arrows')];
    expect(String(file.subarray(0, 6))).toBe('ARROW1');
    expect(String(stream.subarray(0, 6))).not.toBe('ARROW1');
    for (const table of [tableFromIPC(file), tableFromIPC(stream)]) {
      expect(Array.from(table.getChild('name') ?? [])).toEqual(GOOD.map(({ name }) => name));
      expect(String(table.schema.fields.find(({ name }) => name === 'id')?.type)).toBe('Int64');
    }
  });
});

describe('targetType', () => {
  it('says the format where the extension does not, or says another', async () => {
    for (const name of ['users', 'users.parquet']) {
      const content = await published(name, { targetType: 'ndjson' });
      expect(lines(content).map((line) => JSON.parse(line))).toEqual(GOOD);
    }
  });

  it.each([
    [{ target: 'users.xlsx' }, 'is none of .csv, .json, .ndjson, .parquet, .arrow, .arrows'],
    [{ target: 'users' }, 'say targetType as well'],
    [{ target: 'users.csv', targetType: 'excel' }, 'targetType: expected one of csv, json'],
    [{ targetType: 'csv' }, 'give target as well'],
  ])('is asked for, and checked: %j', async (options, text) => {
    const opening = openPipeline({ schema: 'user', ...options } as never);
    await expect(opening).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining(text),
    });
  });
});

describe('steps that need the whole data', () => {
  it('keep the first or the last of records with the same key, across batches', async () => {
    for (const [keep, kept] of [
      ['first', [NORMAL_USER, QUOTED]],
      ['last', [NORMAL_USER, LATER]],
    ] as const) {
      const latest = { type: 'deduplicate' as const, key: ['email'], keep };
      const content = await published('users.json', { transformations: ['normalize', latest] });
      expect(JSON.parse(String(content))).toEqual(kept);
    }
  });

  it('make one row of each group, and count what went in', async () => {
    const { path, rows, counts } = await publish('groups.ndjson', {
      transformations: [
        { type: 'deduplicate', key: ['name'] },
        {
          type: 'aggregate',
          group_by: ['email'],
          aggregates: [
            { name: 'users', function: 'count' },
            { name: 'mean_age', function: 'mean', column: 'age' },
            { name: 'last_name', function: 'last', column: 'name' },
          ],
        },
      ],
    });
    expect(lines(readFileSync(path)).map((line) => JSON.parse(line))).toEqual([
      { email: 'User0@EXAMPLE.com', users: 1, mean_age: 0, last_name: ' Name  0' },
      { email: 'bob@example.org', users: 2, mean_age: 40, last_name: 'Robert' },
    ]);
    expect(rows).toBe(2);
    expect(counts).toEqual({ read: 4, written: 3, rejected: 1, filtered: 0, deduplicated: 0 });
  });

  it('are refused at once where no data could go through them', async () => {
    const aggregates = [{ name: 'total', function: 'sum' as const, column: 'name' }];
    const opening = publish('groups.csv', {
      transformations: [{ type: 'aggregate', group_by: ['email'], aggregates }],
    });
    await expect(opening).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      errors: [{ path: '/transformations/0/aggregates/0/column' }],
    });
  });
});
