import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { inferSchema } from '../bridge/infer.js';
import { systemCode } from '../errors.js';
import { EXTENSIONS, formatOf } from '../pipeline/file-format.js';
import { readSettings } from '../settings.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { printable, printLine, say } from './terminal.js';

const SUFFIX = '.schema.json';

/** What `etl schema infer` takes besides the file. */
export interface InferOptions {
  readonly name?: string;
  readonly out?: string;
  readonly type?: string;
  readonly delimiter?: string;
  readonly nullValues?: readonly string[];
}

/**
 * `etl schema infer FILE`: drafts a record schema that accepts the file, and prints it or writes
 * it to `--out`, a file that is not there yet or a folder.
 */
export async function inferOne(
  file: string,
  options: InferOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { python, pythonPath } = readSettings(process.env);
  const { name, out } = await placeOf(file, options);
  const { nullValues } = options;
  const type = options.type ?? formatOf(file) ?? refuseExtension(file);
  const delimiter = options.delimiter === '\\t' ? '\t' : options.delimiter;
  const folder = await mkdtemp(join(tmpdir(), 'etl-infer-'));
  try {
    const request = { file, name, type, delimiter, nullValues, folder };
    const { schema, records, notes } = await inferSchema(request, { python, pythonPath, signal });
    for (const note of notes) say(`note: ${note}`);
    if (out === undefined) {
      process.stdout.write(schema);
      return EXIT.ok;
    }
    await writeFile(out, schema, { flag: 'wx' }).catch(cannotWrite(out));
    printLine(printable(out));
    say(`drafted from ${records} records; next: edit it, then etl schema show ${out}`);
    return EXIT.ok;
  } finally {
    // Python may be ending yet, where it was interrupted.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function refuseExtension(file: string): never {
  const known = EXTENSIONS.map((one) => `.${one}`).join(', ');
  throw new UsageError(`${file}: its extension is none of ${known}; say the format with --type`);
}

/** The schema's name and file, each of which may say the other. */
async function placeOf(
  file: string,
  { name, out }: InferOptions,
): Promise<{ name: string; out: string | undefined }> {
  const named = name ?? nameOf(file);
  if (out === undefined) return { name: named, out };
  if (await isFolder(out)) {
    const path = join(out, `${named}${SUFFIX}`);
    await assertFree(path);
    return { name: named, out: path };
  }
  if (!out.endsWith('.json')) {
    throw new UsageError(`--out ${out}: name a file ${named}${SUFFIX}, or a folder that is there`);
  }
  await assertFree(out);
  return { name: name ?? basename(out).replace(/(\.schema)?\.json$/, ''), out };
}

/** A name that schemas may have, made of a file's. */
function nameOf(file: string): string {
  const bare = basename(file, extname(file)).replace(/[^A-Za-z0-9._-]+/g, '_');
  return bare.replace(/^[^A-Za-z0-9]+/, '').slice(0, 128) || 'record';
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** Said before the file is read, which may take long; writing asks again. */
async function assertFree(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found) throw new UsageError(`${path} is there already; remove it, or choose another --out`);
}

function cannotWrite(path: string) {
  return (error: unknown): never => {
    throw new UsageError(`${path} cannot be written (${systemCode(error)})`);
  };
}
