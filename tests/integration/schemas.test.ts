import { execFile } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SchemaDescription } from '../../ts/schema/description.js';
import type { SchemaSummary } from '../../ts/schema/manifest.js';
import { MAIN, ROOT, ServerProcess, workingFolder } from './support/server.js';

const PARCEL = {
  title: 'Parcel',
  description: 'What a carrier takes.',
  type: 'object',
  required: ['code'],
  properties: {
    code: { type: 'string', pattern: '^[A-Z]{3}$' },
    sent_at: { type: 'string', format: 'date-time' },
    content: { type: ['object', 'string'] },
  },
  patternProperties: { '^x-': { type: 'string' } },
  'x-primary-key': ['code'],
};
const USER = readFileSync(join(ROOT, 'shared-schemas/records/user.schema.json'), 'utf8');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function etl(folder: string, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, ETL_SCHEMA_DIR: './schemas' };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** A working folder whose `schemas` are these; texts stand as they are. */
function folderOf(schemas: Readonly<Record<string, object | string | Buffer>>): string {
  const folder = workingFolder();
  mkdirSync(join(folder, 'schemas'));
  for (const [name, content] of Object.entries(schemas)) {
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    const text = isText ? content : JSON.stringify(content);
    writeFileSync(join(folder, 'schemas', name), text);
  }
  return folder;
}

describe('GET /api/v1/schemas', () => {
  let server: ServerProcess;
  const get = (path: string, headers = {}) => fetch(`${server.url}/api/v1${path}`, { headers });
  const described = async (name: string) =>
    (await (await get(`/schemas/${name}`)).json()) as SchemaDescription;

  beforeAll(async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL, 'user.schema.json': USER });
    server = await ServerProcess.start(folder, { ETL_SCHEMA_DIR: './schemas' });
    await server.ready();
  });

  it('lists the schemas, built in or not, each in a few words', async () => {
    const { schemas } = (await (await get('/schemas')).json()) as { schemas: SchemaSummary[] };
    expect(schemas).toEqual([
      {
        name: 'parcel',
        version: expect.stringMatching(/^[0-9a-f]{64}$/),
        title: 'Parcel',
        description: 'What a carrier takes.',
        built_in: false,
        primary_key: ['code'],
        closed: false,
      },
      expect.objectContaining({ name: 'user', built_in: true, closed: true }),
    ]);
  });

  it('gives a schema with its document, both sources and how its columns are judged', async () => {
    const { document, zod, pydantic, columns, rows } = await described('parcel');
    expect(document).toEqual(PARCEL);
    expect(zod).toContain('export const ParcelRecordSchema = ');
    expect(pydantic).toContain('class ParcelRecord(BaseModel):');
    expect(columns.map(({ name, judged }) => [name, judged])).toEqual([
      ['code', 'vector'],
      ['sent_at', 'vector'],
      ['content', 'rows'],
    ]);
    expect(columns[1]).toMatchObject({
      kind: 'date-time',
      arrow_type: 'string',
      output_type: 'timestamp[us, tz=UTC]',
      required: false,
      nullable: false,
    });
    expect(columns[2]?.reasons).toEqual([
      {
        pointer: '/properties/content',
        reason: 'a union of object and string lies as JSON text',
      },
    ]);
    expect(rows).toContainEqual({
      pointer: '/patternProperties',
      reason: 'rows with a member that has no column',
    });
  });

  it('says the same of a built-in schema as its committed source', async () => {
    const { built_in, zod, pydantic } = await described('user');
    expect(built_in).toBe(true);
    const committed = (path: string) => readFileSync(join(ROOT, path), 'utf8');
    const withoutHeads = (text: string) => text.replace(/^(\/\/|#|import .*checks).*\n/gm, '');
    expect(withoutHeads(zod)).toBe(withoutHeads(committed('ts/generated/records/user.ts')));
    expect(withoutHeads(pydantic)).toBe(
      withoutHeads(committed('py/etl_polyglot/generated/records/user.py')),
    );
  });

  it('answers 304 to a caller who has it', async () => {
    for (const path of ['/schemas', '/schemas/parcel']) {
      const tag = (await get(path)).headers.get('ETag') ?? '';
      // Else fetch asks for an answer that is no cache's.
      const cached = { 'Cache-Control': 'max-age=0' };
      expect((await get(path, { ...cached, 'If-None-Match': tag })).status).toBe(304);
      expect((await get(path, { ...cached, 'If-None-Match': '"other"' })).status).toBe(200);
    }
  });

  it('answers 404 to a name that is not there, and says which was meant', async () => {
    const response = await get('/schemas/parsel');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
      detail: 'There is no record schema parsel (did you mean parcel?). Known: parcel, user.',
    });
  });

  it('echoes no more of a name than tells it', async () => {
    for (const path of [`/schemas/${'n'.repeat(5_000)}`, `/${'p'.repeat(5_000)}`]) {
      const { detail } = (await (await get(path)).json()) as { detail: string };
      expect(detail.length).toBeLessThan(400);
    }
    const response = await server.post(`/api/v1/schemas/${'n'.repeat(5_000)}`, {});
    expect(((await response.json()) as { detail: string }).detail.length).toBeLessThan(400);
  });

  it('refuses parameters and other methods', async () => {
    expect((await get('/schemas?name=parcel')).status).toBe(400);
    expect((await get('/schemas/parcel?columns')).status).toBe(400);
    expect((await server.post('/api/v1/schemas', {})).status).toBe(405);
  });

  it('is what etl schema show --json prints', async () => {
    const { stdout } = await etl(server.folder, 'schema', 'show', 'parcel', '--json');
    expect(stdout).toBe(`${await (await get('/schemas/parcel')).text()}\n`);
  });
});

describe('etl schema', () => {
  it('show prints one source alone', async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL });
    const zod = await etl(folder, 'schema', 'show', 'parcel', '--zod');
    expect(zod).toMatchObject({ code: 0, stderr: '' });
    expect(zod.stdout).toMatch(/^\/\/ Compiled from parcel\.schema\.json.*\nimport \{ z \}/);
    const { stdout } = await etl(folder, 'schema', 'show', 'parcel', '--pydantic');
    expect(stdout).toMatch(/^# Compiled from parcel\.schema\.json/);
  });

  it('show says what is wrong with a file, by its own name', async () => {
    const folder = folderOf({});
    writeFileSync(join(folder, 'parcel.json'), '{"type": "object", "requierd": []}');
    const { code, stderr } = await etl(folder, 'schema', 'show', 'parcel.json');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'etl: CONFIGURATION: parcel.json#/requierd: the keyword requierd is not known; did you mean required?\n',
    );
  });

  it('show tells a name that is not there from one that is near', async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL });
    const { code, stderr } = await etl(folder, 'schema', 'show', 'parsel');
    expect(code).toBe(2);
    expect(stderr).toContain('SCHEMA_NOT_FOUND: There is no record schema parsel (did you mean');
  });

  it('show never prints two things for one', async () => {
    const { code, stderr } = await etl(folderOf({}), 'schema', 'show', 'x', '--zod', '--columns');
    expect(code).toBe(2);
    expect(stderr).toContain("option '--zod' cannot be used with option '--columns'");
  });

  it('check gives every problem of every file as JSON lines, and ends by 2', async () => {
    const folder = folderOf({
      'good.schema.json': PARCEL,
      'bad.schema.json': { type: 'object', properties: { a: { type: 'strnig' }, b: { minn: 1 } } },
    });
    const { code, stdout } = await etl(
      folder,
      'schema',
      'check',
      'schemas',
      'absent.json',
      '--json',
    );
    expect(code).toBe(2);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        file: 'schemas/bad.schema.json',
        valid: false,
        problems: [
          {
            pointer: '/properties/a/type',
            reason: 'strnig is no type',
            instead: 'did you mean string?',
          },
          {
            pointer: '/properties/b/minn',
            reason: 'the keyword minn is not known',
            instead: expect.any(String),
          },
        ],
      },
      { file: 'schemas/good.schema.json', valid: true, problems: [] },
      {
        file: 'absent.json',
        valid: false,
        problems: [
          {
            pointer: '',
            reason: 'cannot be read: No such file or directory',
            instead: "put the schema's file there",
          },
        ],
      },
    ]);
  });

  it('compile leaves alone what it did not write', async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL });
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out/parcel.py'), 'mine = True\n');
    const { code, stderr } = await etl(folder, 'schema', 'compile', '--out', 'out');
    expect(code).toBe(2);
    expect(stderr).toContain('out/parcel.py was not written by this command');
    expect(readdirSync(join(folder, 'out'))).toEqual(['parcel.py']);
    expect((await etl(folder, 'schema', 'compile', '--out', 'other')).code).toBe(0);
    expect((await etl(folder, 'schema', 'compile', '--out', 'other')).code).toBe(0);
    expect(readdirSync(join(folder, 'other'))).toEqual(['parcel.py', 'parcel.ts']);
  });

  it('compile follows no link out of its folder', async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL });
    mkdirSync(join(folder, 'out'));
    symlinkSync('../elsewhere.txt', join(folder, 'out/parcel.py'));
    const { code, stderr } = await etl(folder, 'schema', 'compile', '--out', 'out');
    expect(code).toBe(2);
    expect(stderr).toContain('out/parcel.py was not written by this command');
    expect(readdirSync(folder)).not.toContain('elsewhere.txt');
  });

  it('compile takes one file, and an --out with a name', async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL, 'user.schema.json': USER });
    const file = 'schemas/parcel.schema.json';
    const { stdout } = await etl(folder, 'schema', 'compile', file, '--out', 'out');
    expect(stdout).toBe('out/parcel.ts\nout/parcel.py\n');
    const nameless = await etl(folder, 'schema', 'compile', file, '--out', '');
    expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining('--out is empty') });
  });
});

describe('a server with broken schemas', () => {
  const refusal = async (folder: string) => {
    const { exitCode, stderr } = await ServerProcess.refused(folder, {
      ETL_SCHEMA_DIR: './schemas',
    });
    expect(exitCode).toBe(2);
    return stderr;
  };

  it('does not start, and says every problem of every file at once', async () => {
    const nested = (levels: number): object =>
      levels === 0 ? {} : { properties: { a: nested(levels - 1) } };
    const folder = folderOf({
      'comma.schema.json': '{"type": "object",\n  "required": ["a",]}',
      'twice.schema.json': '{"type": "object", "properties": {"a": {"enum": [1], "enum": [2]}}}',
      'marked.schema.json': Buffer.from('\ufeff{}', 'utf8'),
      'wide.schema.json': Buffer.from('\ufeff{}', 'utf16le'),
      'deep.schema.json': { type: 'object', ...nested(70) },
      'large.schema.json': ' '.repeat(20 * 2 ** 20),
      'any.schema.json': { type: ['object', 'null'] },
      'a b.schema.json': PARCEL,
      'Parcel.schema.json': PARCEL,
      'parcel.schema.json': PARCEL,
      'words.schema.json': {
        type: 'object',
        $defs: { line: { type: 'object' } },
        properties: {
          a: { type: 'string', minLenght: 1 },
          b: { type: 'strnig' },
          c: { $ref: '#/$defs/lien' },
          d: { $ref: 'https://example.com/d.json' },
          e: { type: 'integer', maximum: 2 ** 60 },
          f: { type: 'string', pattern: '^(?!x)' },
        },
      },
    });
    symlinkSync('/no/such/file', join(folder, 'schemas/gone.schema.json'));
    const stderr = await refusal(folder);
    const places = `etl: CONFIGURATION: ETL_SCHEMA_DIR="${folder}/schemas": ${folder}/schemas/`;
    const told = stderr
      .trimEnd()
      .split('\n')
      .map((line) => {
        expect(line.slice(0, places.length)).toBe(places);
        return line.slice(places.length).replace(/(\/properties\/a){60,}/, '/…');
      });
    expect(told).toEqual([
      'a b.schema.json: its name is not that of a schema; name the file with letters, digits, dots, dashes and underscores, 128 at most',
      'any.schema.json#/type: a record is an object; write "type": "object"',
      'comma.schema.json: is not JSON at line 2, column 20: Expecting value; JSON has no comments, and no comma before } or ]',
      'deep.schema.json#/…: is nested more than 64 deep; write a flatter schema',
      "gone.schema.json: cannot be read: No such file or directory; put the schema's file there",
      'large.schema.json: has more than 2 MiB; split it into several record schemas',
      'marked.schema.json: is UTF-8 with a byte order mark; save the file as plain UTF-8',
      'parcel.schema.json: its name in code, ParcelRecord, is that of Parcel.schema.json too; rename one of the two files',
      'twice.schema.json#/properties/a/enum: stands twice in its object; keep one of the two',
      'wide.schema.json: is UTF-16; save the file as plain UTF-8',
      'words.schema.json#/properties/a/minLenght: the keyword minLenght is not known; did you mean minLength?',
      'words.schema.json#/properties/b/type: strnig is no type; did you mean string?',
      'words.schema.json#/properties/c/$ref: #/$defs/lien leads to nothing in this document; did you mean #/$defs/line?',
      'words.schema.json#/properties/d/$ref: https://example.com/d.json is another document, and none is fetched; copy it into $defs',
      'words.schema.json#/properties/e/maximum: is beyond ±9007199254740991, where doubles skip integers; use a bound within it, or type number',
      'words.schema.json#/properties/f/pattern: lookahead is not of the profile; write what is allowed instead',
    ]);
  });

  it('says what a folder lacks', async () => {
    expect(await refusal(workingFolder())).toMatch(
      /schemas: cannot be read as a folder: No such file or directory; put schemas there, or name/,
    );
    expect(await refusal(folderOf({}))).toContain('/schemas: has no NAME.schema.json; put schemas');
    expect(await refusal(folderOf({ 'parcel.json': PARCEL }))).toContain(
      'put schemas there, as parcel.schema.json in place of parcel.json, or name another folder',
    );
  });
});

describe('the cache of compiled schemas', () => {
  it('is left as it is by the next start, and mended where a file was cut short', async () => {
    const folder = folderOf({ 'parcel.schema.json': PARCEL });
    const modules = () => {
      const cache = join(folder, '.etl/schemas');
      const files = readdirSync(cache).flatMap((digest) => {
        return ['parcel.mjs', 'parcel.py'].map((name) => join(cache, digest, name));
      });
      expect(files).toHaveLength(2);
      return files.map((path) => ({ path, text: readFileSync(path, 'utf8'), ...statSync(path) }));
    };
    const start = async () => {
      const server = await ServerProcess.start(folder, { ETL_SCHEMA_DIR: './schemas' });
      await server.ready();
      const body = { schema: 'parcel', data: [{ code: 'ABC' }, { code: 'abc' }] };
      const response = await server.post('/api/v1/validate', body);
      expect(await response.json()).toMatchObject({
        result: { valid_records: 1, layers: { zod: {}, pydantic: { valid_records: 1 } } },
      });
      await server.kill('SIGTERM');
    };
    await start();
    const written = modules();
    await start();
    expect(modules().map(({ mtimeMs }) => mtimeMs)).toEqual(written.map((one) => one.mtimeMs));
    for (const { path, text } of written) truncateSync(path, Math.floor(text.length / 2));
    await start();
    expect(modules().map(({ text }) => text)).toEqual(written.map(({ text }) => text));
  });
});
