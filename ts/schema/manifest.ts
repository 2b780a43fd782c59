import type { JsonSchema, Layout } from './layout.js';

/** What `python -m etl_polyglot.schema compile --json` prints: every schema of a folder. */
export interface SchemaManifest {
  readonly schemas: readonly ManifestEntry[];
  /** One digest over all schemas; a worker's hello must carry the same. */
  readonly digest: string;
}

/** One compiled schema; `zod_module` and `python_module` are null where it is built in. */
export interface ManifestEntry {
  readonly name: string;
  readonly digest: string;
  /** The schema file's absolute path. */
  readonly source: string;
  readonly builtin: boolean;
  readonly zod_module: string | null;
  readonly python_module: string | null;
  readonly layout: Layout;
  readonly document: JsonSchema;
}
