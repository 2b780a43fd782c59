import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.js';
import { UsageError } from './exit.js';

/** A record schema, by its name and the folder in which it is found. */
export interface SchemaChoice {
  readonly name: string;
  readonly schemaDir: string;
  /** Says where a problem lies that the compiler finds, when it compiles a copy. */
  readonly describe: ((problem: string) => string) | undefined;
}

/**
 * Reads `--schema`: a name of the schema folder, or a JSON Schema file of its own.
 *
 * @param folder - where a copy of such a file may be put, as schemas are compiled by the folder.
 */
export async function schemaChoice(
  option: string,
  schemaDir: string,
  folder: string,
): Promise<SchemaChoice> {
  if (!option.endsWith('.json')) return { name: option, schemaDir, describe: undefined };
  const name = basename(option).replace(/(\.schema)?\.json$/, '');
  const own = join(folder, 'schema');
  const copy = join(own, `${name}.schema.json`);
  await mkdir(own);
  await copyFile(option, copy).catch((error: unknown) => {
    throw new UsageError(`--schema ${option} cannot be read (${systemCode(error)})`);
  });
  return {
    name,
    schemaDir: own,
    describe: (problem) => `--schema ${problem.replace(copy, () => option)}`,
  };
}
