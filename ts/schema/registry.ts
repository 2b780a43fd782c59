import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { BUILT_IN } from '../generated/records/index.js';
import type { JsonSchema, Layout } from './layout.js';
import type { ManifestEntry, SchemaManifest, SchemaSummary } from './manifest.js';
import type { Patterns } from './pattern.js';
import { nearest } from './suggest.js';

/** A record schema, ready to judge rows. */
export interface RecordSchema {
  readonly name: string;
  readonly digest: string;
  /** The JSON Schema itself. */
  readonly document: JsonSchema;
  /** What matches the patterns in it. */
  readonly patterns: Patterns;
  readonly zod: z.ZodType;
  readonly layout: Layout;
}

/** A module that the schema compiler wrote. */
interface CompiledModule {
  readonly default: z.ZodType;
  readonly patterns: Patterns;
}

type BuiltIn = Omit<RecordSchema, 'name'>;
const builtIns: ReadonlyMap<string, BuiltIn> = new Map(Object.entries<BuiltIn>(BUILT_IN));

/** The record schemas that a server knows, by name. */
export class SchemaRegistry {
  readonly #schemas: ReadonlyMap<string, RecordSchema>;
  readonly #summaries: readonly SchemaSummary[];

  private constructor(
    schemas: readonly RecordSchema[],
    summaries: readonly SchemaSummary[],
    /** One digest over all schemas, the same in Node and in the workers. */
    readonly digest: string,
  ) {
    this.#schemas = new Map(schemas.map((schema) => [schema.name, schema]));
    this.#summaries = summaries;
  }

  /** Takes the schemas of a manifest: built-in ones as they are, others from their modules. */
  static async load(manifest: SchemaManifest): Promise<SchemaRegistry> {
    const schemas = await Promise.all(manifest.schemas.map(recordSchema));
    return new SchemaRegistry(schemas, manifest.schemas.map(summaryOf), manifest.digest);
  }

  get(name: string): RecordSchema | undefined {
    return this.#schemas.get(name);
  }

  names(): string[] {
    return [...this.#schemas.keys()].sort();
  }

  /** What a list of the schemas says of each, by name. */
  summaries(): readonly SchemaSummary[] {
    return this.#summaries;
  }

  /** The known name that was probably meant, if one is near. */
  suggest(name: string): string | undefined {
    return nearest(name, this.names());
  }
}

function summaryOf(entry: ManifestEntry): SchemaSummary {
  const { name, version, title, description, built_in, primary_key, closed } = entry;
  return { name, version, title, description, built_in, primary_key, closed };
}

async function recordSchema(entry: ManifestEntry): Promise<RecordSchema> {
  const { name, version: digest, document, layout } = entry;
  if (entry.zod_module === null) {
    const builtIn = builtIns.get(name);
    if (builtIn?.digest !== digest) {
      throw new Error(`the built-in schema ${name} is out of date; run npm run generate`);
    }
    return { name, digest, document, layout, patterns: builtIn.patterns, zod: builtIn.zod };
  }
  const module = (await import(pathToFileURL(entry.zod_module).href)) as CompiledModule;
  return { name, digest, document, layout, patterns: module.patterns, zod: module.default };
}
