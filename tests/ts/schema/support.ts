import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SchemaManifest } from '../../../ts/schema/manifest.js';
import { SchemaRegistry } from '../../../ts/schema/registry.js';

const root = path.resolve(import.meta.dirname, '../../..');
const vectors = path.join(root, 'tests/vectors');

/** A schema, its rows, and the errors (less their index) that each row must give. */
export interface Vector {
  name: string;
  schema: object;
  rows: { row: unknown; errors: object[] }[];
}

export function loadVectors(): Vector[] {
  return readdirSync(vectors).map((file) => ({
    name: path.basename(file, '.json'),
    ...JSON.parse(readFileSync(path.join(vectors, file), 'utf8')),
  }));
}

/** Compiles schemas as a server's start does, and loads what came out. */
export async function compile(schemas: Record<string, object>): Promise<SchemaRegistry> {
  const folder = mkdtempSync(path.join(tmpdir(), 'etl-schemas-'));
  try {
    mkdirSync(path.join(folder, 'schemas'));
    for (const [name, document] of Object.entries(schemas)) {
      writeFileSync(path.join(folder, 'schemas', `${name}.schema.json`), JSON.stringify(document));
    }
    const manifest = runCompiler(path.join(folder, 'schemas'), path.join(folder, 'cache'));
    return await SchemaRegistry.load({
      ...manifest,
      schemas: manifest.schemas.map(asTypeScript),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runCompiler(dir: string, cache: string): SchemaManifest {
  const zod = import.meta.resolve('zod');
  const checks = `file://${path.join(root, 'ts/schema/checks.ts')}`;
  const options = ['--dir', dir, '--cache', cache, '--zod', zod, '--checks', checks, '--json'];
  const stdout = execFileSync(
    path.join(root, '.venv/bin/python'),
    ['-m', 'etl_polyglot.schema', 'compile', ...options],
    { encoding: 'utf8', env: { PYTHONPATH: path.join(root, 'py') } },
  );
  return JSON.parse(stdout) as SchemaManifest;
}

// Vitest loads .mjs natively, where the checks' TypeScript source could not be imported.
function asTypeScript(entry: SchemaManifest['schemas'][number]): SchemaManifest['schemas'][number] {
  if (entry.zod_module === null) return entry;
  const module = entry.zod_module.replace(/\.mjs$/, '.ts');
  renameSync(entry.zod_module, module);
  return { ...entry, zod_module: module };
}
