import type { ColumnKind, JsonSchema } from './layout.js';
import type { SchemaSummary } from './manifest.js';

/** A place of a schema for which rows go to Pydantic, and why. */
export interface Fallback {
  /** JSON Pointer into the document. */
  readonly pointer: string;
  readonly reason: string;
}

/** A column of a record, and whether kernels alone judge its values. */
export interface ColumnDescription {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The Arrow type in which rows arrive; dates and times are still text. */
  readonly arrow_type: string;
  /** The Arrow type of columnar outputs. */
  readonly output_type: string;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly judged: 'vector' | 'rows';
  /** Why rows that have a value here go to Pydantic; empty for `vector`. */
  readonly reasons: readonly Fallback[];
}

/** All there is to know of a record schema. */
export interface SchemaDescription extends SchemaSummary {
  /** The JSON Schema, self-contained. */
  readonly document: JsonSchema;
  /** The name in code: `UserRecord`, and `UserRecordSchema` for Zod. */
  readonly type_name: string;
  /** The name of the Python module. */
  readonly python_module: string;
  /** The generated TypeScript module. */
  readonly zod: string;
  /** The generated Python module. */
  readonly pydantic: string;
  readonly columns: readonly ColumnDescription[];
  /** What makes Pydantic judge a row, whatever its columns. */
  readonly rows: readonly Fallback[];
}
