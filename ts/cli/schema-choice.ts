import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.js';
import { UsageError } from './exit.js';

/** A record schema, by its name and the folder in which it is found. */
export interface SchemaChoice {
  readonly name: string;
  readonly schemaDir: string;
  /** Whether the business rules, which are for the schemas of the folder, know it. */
  readonly hasRules: boolean;
  /** Says where a problem lies that the compiler finds, when it compiles a copy. */
  readonly describe: ((problem: string) => string) | undefined;
}

/**
 * Reads what chooses a schema: a name of the schema folder, or a JSON Schema file of its own.
 *
 * @param folder - where a copy of such a file may be put, as schemas are compiled by the folder.
 * @param told - how messages call a file that was given.
 */
export async function schemaChoice(
  option: string,
  schemaDir: string,
  folder: string,
  told = `--schema ${option}`,
): Promise<SchemaChoice> {
  if (!option.endsWith('.json')) {
    return { name: option, schemaDir, hasRules: true, describe: undefined };
  }
  const name = basename(option).replace(/(\.schema)?\.json$/, '');
  const own = join(folder, 'schema');
  const copy = join(own, `${name}.schema.json`);
  await mkdir(own);
  await copyFile(option, copy).catch((error: unknown) => {
    throw new UsageError(`${told} cannot be read (${systemCode(error)})`);
  });
  return {
    name,
    schemaDir: own,
    hasRules: false,
    describe: (problem) => problem.replace(copy, () => told),
  };
}
