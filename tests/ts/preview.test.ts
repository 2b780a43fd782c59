import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { preview } from '../../ts/preview.js';
import { temporaryFolder } from './temporary-folder.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A file of this name, and a folder for what is temporary meanwhile. */
function file(name: string, content: string): { path: string; temporary: string } {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const temporary = temporaryFolder();
  vi.stubEnv('TMPDIR', temporary);
  return { path, temporary };
}

describe('the preview of a file', () => {
  it('has no rows where there is a header alone, whatever schemas the user has', async () => {
    const { path, temporary } = file('header.CSV', 'id,name\n');
    vi.stubEnv('ETL_SCHEMA_DIR', temporary);
    expect(await preview(path)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is refused for a format that is not read', async () => {
    const { path } = file('rows.xlsx', 'no');
    await expect(preview(path)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('leaves nothing behind when it cannot start', async () => {
    const { path, temporary } = file('rows.csv', 'id\n1\n');
    vi.stubEnv('ETL_WORKERS', 'many');
    await expect(preview(path)).rejects.toThrow('ETL_WORKERS');
    expect(readdirSync(temporary)).toEqual([]);
  });
});
