import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { StartError } from '../../ts/errors.js';
import { readSettings } from '../../ts/settings.js';

const ROOT = resolve(import.meta.dirname, '../..');

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof StartError) return error.problems;
    throw error;
  }
}

describe('the settings', () => {
  it('have the defaults of the design', () => {
    expect(readSettings({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      schemaDir: join(ROOT, 'shared-schemas', 'records'),
      dataRoots: [resolve('data')],
      stateDir: resolve('.etl'),
      logLevel: 'info',
      python: join(ROOT, '.venv', 'bin', 'python'),
    });
  });

  it('count an empty variable as absent', () => {
    expect(readSettings({ PORT: '', ETL_DATA_ROOTS: '' })).toEqual(readSettings({}));
  });

  it('take relative paths from the working folder, and several roots', () => {
    expect(readSettings({ ETL_DATA_ROOTS: './a:/b', ETL_STATE_DIR: 's' })).toMatchObject({
      dataRoots: [resolve('a'), '/b'],
      stateDir: resolve('s'),
    });
  });

  it('have no folder of business rules unless it is named', () => {
    expect(readSettings({}).pythonDir).toBeUndefined();
    expect(readSettings({ ETL_PYTHON_DIR: './python' }).pythonDir).toBe(resolve('python'));
  });

  it.each([
    ['2GiB', 2 * 2 ** 30],
    ['512MiB', 512 * 2 ** 20],
    ['1073741824', 2 ** 30],
  ])('read a size: %s', (text, bytes) => {
    expect(readSettings({ ETL_MEMORY_LIMIT: text }).memoryLimit).toBe(bytes);
  });

  it.each([
    ['no limit', 0, totalmem()],
    ['one beyond the machine', 2 ** 64, totalmem()],
    ['a smaller one', 2 ** 30, 2 ** 30],
  ])('take half of the memory, in a container with %s', (_, limit, memory) => {
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(limit);
    expect(readSettings({}).memoryLimit).toBe(Math.floor(memory / 2));
    vi.restoreAllMocks();
  });

  it('name every bad variable, its value and what is expected, a line each', () => {
    expect(
      problems({ PORT: '70000', ETL_WORKERS: '0', ETL_MEMORY_LIMIT: '2GB', LOG_LEVEL: 'loud' }),
    ).toEqual([
      'PORT="70000": expected a whole number from 0 to 65535',
      'ETL_WORKERS="0": expected a whole number from 1 to 256',
      'ETL_MEMORY_LIMIT="2GB": expected a size of at least 256MiB, such as 2GiB',
      'LOG_LEVEL="loud": expected one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  it.each(['-1', '3000.5', '0x10', '1e3', ' 3000', 'http'])('refuse the port %j', (port) => {
    expect(problems({ PORT: port })).toHaveLength(1);
  });

  it('refuse to bind beyond loopback, as there are no keys yet', () => {
    expect(problems({ HOST: '0.0.0.0' })).toEqual([expect.stringContaining('API keys')]);
  });
});
