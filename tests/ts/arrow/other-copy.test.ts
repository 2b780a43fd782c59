import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows } from '../../../ts/arrow/decode.js';
import { tableBody } from '../../../ts/arrow/table.js';
import { bytesOf } from '../../../ts/bridge/body.js';
import { temporaryFolder } from '../temporary-folder.js';
import { cutTables } from './tables.js';

const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

/** Another copy of apache-arrow, as a program has that installed its own. */
async function otherCopy(): Promise<typeof import('apache-arrow')> {
  const modules = join(temporaryFolder(), 'node_modules');
  for (const name of ['apache-arrow', 'flatbuffers', 'tslib']) {
    cpSync(join(MODULES, name), join(modules, name), { recursive: true });
  }
  const { href } = pathToFileURL(join(modules, 'apache-arrow', 'Arrow.node.mjs'));
  return import(/* @vite-ignore */ href);
}

describe('a table of another copy of apache-arrow', () => {
  it('is sent as one of this copy: whole, as a batch, cut, nested or empty', async () => {
    const arrow = await otherCopy();
    const read = (one: Parameters<typeof tableBody>[0]) => {
      return JSON.stringify(decodeRows(bytesOf(tableBody(one))));
    };
    fc.assert(
      fc.property(cutTables, ([own, rows]) => {
        const table = arrow.tableFromIPC(tableToIPC(own));
        expect(read(table)).toBe(JSON.stringify(rows));
        expect(read(table.slice(1))).toBe(JSON.stringify(rows.slice(1)));
        for (const batch of table.batches) expect(read(batch)).toBe(read(new arrow.Table(batch)));
        expect(read(new arrow.Table(table.schema))).toBe('[]');
      }),
      { numRuns: 50 },
    );
  });
});
