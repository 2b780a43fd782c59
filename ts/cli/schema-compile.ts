import { lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.js';
import type { SchemaDescription } from '../schema/description.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { describeSchemas } from './schema-describe.js';
import { printable, printJson, printLine } from './terminal.js';

/** What `etl schema compile` takes besides its schemas. */
export interface CompileOptions {
  /** Where the modules are written. */
  readonly out: string;
  readonly json?: boolean;
}

/**
 * `etl schema compile [FOLDER|FILE] --out FOLDER`: writes the Zod and the Pydantic module of each
 * record schema, for use in code of one's own.
 */
export async function compileAll(
  given: string | undefined,
  { out, json = false }: CompileOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (out === '') throw new UsageError('--out is empty; name the folder of the modules');
  const chosen = given?.endsWith('.json') ? { schema: given } : { folder: given };
  const described = await describeSchemas(chosen, signal);
  const modules = described.flatMap((text) => modulesOf(JSON.parse(text) as SchemaDescription));
  for (const { file } of modules) await assertOurs(join(out, file));
  await writeAll(modules, out);
  for (const { schema, file } of modules) {
    const path = join(out, file);
    if (json) printJson({ schema, file: path });
    else printLine(printable(path));
  }
  return EXIT.ok;
}

interface Module {
  readonly schema: string;
  readonly file: string;
  readonly text: string;
}

function modulesOf({ name, python_module, zod, pydantic }: SchemaDescription): Module[] {
  return [
    { schema: name, file: `${name}.ts`, text: zod },
    { schema: name, file: `${python_module}.py`, text: pydantic },
  ];
}

/** Writes modules aside and renames them: each is whole, and no link is followed. */
async function writeAll(modules: readonly Module[], out: string): Promise<void> {
  await mkdir(out, { recursive: true }).catch(cannotWrite(out));
  const aside = await mkdtemp(join(out, '.compiled-')).catch(cannotWrite(out));
  try {
    for (const { file, text } of modules) {
      await writeFile(join(aside, file), text).catch(cannotWrite(join(out, file)));
    }
    for (const { file } of modules) {
      await rename(join(aside, file), join(out, file)).catch(cannotWrite(join(out, file)));
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** What a person put there under the name of a module of ours is not written over. */
async function assertOurs(path: string): Promise<void> {
  const standing = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    return cannotWrite(path)(error);
  });
  if (standing === undefined) return;
  const text = standing.isFile() ? await readFile(path, 'utf8').catch(cannotWrite(path)) : '';
  if (/^(\/\/|#) Compiled from .* by etl-polyglot;/.test(text)) return;
  throw new UsageError(`${path} was not written by this command; move it, or choose another --out`);
}

function cannotWrite(path: string) {
  return (error: unknown): never => {
    throw new UsageError(`${path} cannot be written (${systemCode(error)})`);
  };
}
