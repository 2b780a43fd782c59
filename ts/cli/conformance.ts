import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type PythonVerdict, pythonVerdicts, UnreadableTestsError } from '../bridge/conformance.js';
import { EtlError } from '../errors.js';
import { parseJson } from '../pipeline/parse-json.js';
import { compiledZod } from '../schema/validate.js';
import { readSettings } from '../settings.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { printJson } from './terminal.js';

/** A test of the suite: `json` is raw text in place of `data`. */
interface SuiteTest {
  readonly data?: unknown;
  readonly json?: string;
}

type Suite = readonly { readonly tests: readonly SuiteTest[] }[];

/** Every layer's verdict on one test; all null where the profile refuses the schema. */
type Line = Omit<PythonVerdict, 'zod_module' | 'errors'> & {
  readonly zod: boolean | null;
  readonly zod_compiled: boolean | null;
};

/**
 * `etl conformance FILE…`: judges test files in the JSON-Schema-Test-Suite's format by every
 * layer, and prints a JSON line for each test.
 */
export async function conformance(
  files: readonly string[],
  signal: AbortSignal,
): Promise<ExitCode> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'etl-conformance-'));
  try {
    const verdicts = await judgeInPython(files, cacheDir, signal);
    let isRight = true;
    let at = 0;
    for (const file of files) {
      const suite = JSON.parse(await readFile(file, 'utf8')) as Suite;
      for (const test of suite.flatMap(({ tests }) => tests)) {
        const verdict = verdicts[at++];
        if (!verdict) throw new Error(`${file}: Python judged fewer tests than the file has`);
        const line = await withZod(verdict, test);
        isRight &&= isAsExpected(line);
        printJson(line);
      }
    }
    return isRight ? EXIT.ok : EXIT.refused;
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

async function judgeInPython(
  files: readonly string[],
  cacheDir: string,
  signal: AbortSignal,
): Promise<PythonVerdict[]> {
  try {
    const { python, pythonPath } = readSettings(process.env);
    return await pythonVerdicts({ python, pythonPath, files, cacheDir, signal });
  } catch (error) {
    if (error instanceof UnreadableTestsError) throw new UsageError(error.message);
    throw error;
  }
}

async function withZod(verdict: PythonVerdict, test: SuiteTest): Promise<Line> {
  const { zod_module, errors: _, ...rest } = verdict;
  const { file, schema, test: name, expected, ...python } = rest;
  const told = { file, schema, test: name, expected };
  if (zod_module === null) return { ...told, zod: null, zod_compiled: null, ...python };
  const module = (await import(pathToFileURL(zod_module).href)) as { default: z.ZodType };
  const value = instanceOf(test);
  const sound = value !== MALFORMED;
  return {
    ...told,
    zod: sound && module.default.safeParse({ value }).success,
    zod_compiled: sound && z.validate(compiledZod(module.default), { value }),
    ...python,
  };
}

const MALFORMED = Symbol('malformed');
const DEEPEST = 64;

/** What no JSON text may hold is refused as a server refuses it, before any schema. */
function instanceOf({ data, json }: SuiteTest): unknown {
  if (json === undefined) return isSound(data, DEEPEST) ? data : MALFORMED;
  try {
    return parseJson(Buffer.from(json, 'utf8'));
  } catch (error) {
    if (error instanceof EtlError) return MALFORMED;
    throw error;
  }
}

function isSound(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  const inner = Array.isArray(value) ? value : Object.entries(value).flat();
  return levels > 0 && inner.every((one) => isSound(one, levels - 1));
}

function isAsExpected(line: Line): boolean {
  if (line.unsupported !== null) return false;
  const verdicts = [line.zod, line.zod_compiled, line.pydantic, line.columnar];
  return line.expected === null || verdicts.every((verdict) => verdict === line.expected);
}
