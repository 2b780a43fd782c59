import type { JsonSchema, Layout } from './layout.js';

/** What `python -m etl_polyglot.schema compile --json` prints: every schema of a folder. */
export interface SchemaManifest {
  readonly schemas: readonly ManifestEntry[];
  /** One digest over all schemas; a worker's hello must carry the same. */
  readonly digest: string;
}

/** A record schema in a few words, as lists of schemas have it. */
export interface SchemaSummary {
  readonly name: string;
  /** The digest of its content. */
  readonly version: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly built_in: boolean;
  readonly primary_key: readonly string[];
  /** Whether it refuses members that it does not name. */
  readonly closed: boolean;
}

/** One compiled schema; `zod_module` and `python_module` are null where it is built in. */
export interface ManifestEntry extends SchemaSummary {
  /** The schema file's absolute path. */
  readonly source: string;
  readonly zod_module: string | null;
  readonly python_module: string | null;
  readonly layout: Layout;
  readonly document: JsonSchema;
}
