import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { StartError } from './errors.js';
import { LOG_LEVELS } from './observability/log.js';
import { wholeNumber } from './whole-number.js';

/** The folder of package.json: one above both `ts/` and the built `dist/`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('..', import.meta.url));

const UNITS = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;
const LEAST_MEMORY = 256 * UNITS.MiB;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const folder = z.string().transform((path) => resolve(path));

const folders = z.string().transform((text, context) => {
  const paths = text.split(':').filter((path) => path !== '');
  if (paths.length > 0) return paths.map((path) => resolve(path));
  context.addIssue({ code: 'custom', message: 'folders, separated by ":"' });
  return z.NEVER;
});

const memory = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d{1,15})(KiB|MiB|GiB|TiB|)$/.exec(text) ?? [];
  const bytes = Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (bytes >= LEAST_MEMORY && Number.isSafeInteger(bytes)) return bytes;
  context.addIssue({ code: 'custom', message: 'a size of at least 256MiB, such as 2GiB' });
  return z.NEVER;
});

/** What the machine has, or what a container's limit leaves of it. */
export function memoryOfMachine(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

const Environment = z.object({
  PORT: wholeNumber(0, 65535).default(3000),
  HOST: z
    .string()
    .refine((host) => LOOPBACK.has(host), {
      error: 'a loopback address (127.0.0.1, ::1, localhost): API keys do not exist yet',
    })
    .default('127.0.0.1'),
  ETL_WORKERS: wholeNumber(1, 256).default(availableParallelism()),
  ETL_SCHEMA_DIR: folder.default(join(PACKAGE_ROOT, 'shared-schemas', 'records')),
  ETL_DATA_ROOTS: folders.default(() => [resolve('data')]),
  ETL_STATE_DIR: folder.default(() => resolve('.etl')),
  ETL_PYTHON_DIR: folder.optional(),
  ETL_MEMORY_LIMIT: memory.default(() => Math.floor(memoryOfMachine() / 2)),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

/** The settings of the environment, by their names there. */
export type SettingName = keyof typeof Environment.shape;

/** What a server or a command runs with: every path absolute, every size in bytes. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly workers: number;
  readonly schemaDir: string;
  readonly dataRoots: readonly string[];
  readonly stateDir: string;
  readonly memoryLimit: number;
  /** The operator's own Python: business rules and functions. */
  readonly pythonDir: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** The interpreter of the project's own `.venv`. */
  readonly python: string;
  /** Where Python finds `etl_polyglot`. */
  readonly pythonPath: string;
}

/**
 * Reads and checks every setting; an empty variable counts as absent.
 *
 * @param environment - usually `process.env`.
 * @throws StartError with a line for each bad variable: its name, its value, what is expected.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.keys(Environment.shape).map((name) => [name, environment[name] || undefined]),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    throw new StartError(
      parsed.error.issues.map(({ path: [name], message }) => {
        return `${String(name)}=${JSON.stringify(given[String(name)])}: expected ${message}`;
      }),
    );
  }
  const value = parsed.data;
  return {
    port: value.PORT,
    host: value.HOST,
    workers: value.ETL_WORKERS,
    schemaDir: value.ETL_SCHEMA_DIR,
    dataRoots: value.ETL_DATA_ROOTS,
    stateDir: value.ETL_STATE_DIR,
    memoryLimit: value.ETL_MEMORY_LIMIT,
    pythonDir: value.ETL_PYTHON_DIR,
    logLevel: value.LOG_LEVEL,
    python: join(PACKAGE_ROOT, '.venv', 'bin', 'python'),
    pythonPath: join(PACKAGE_ROOT, 'py'),
  };
}
