/** A JSON Schema document. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** A schema within one: true fits any value, false none. */
export type Schema = JsonSchema | boolean;

/** A JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** What a column holds; `json` is JSON text, for values that no Arrow type holds. */
export type ColumnKind =
  | 'integer'
  | 'number'
  | 'boolean'
  | 'string'
  | 'date-time'
  | 'date'
  | 'time'
  | 'list'
  | 'struct'
  | 'json';

/** One column of a record's rows; `item` describes a list's items, `fields` a struct's members. */
export interface ColumnLayout {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly item?: ColumnLayout;
  readonly fields?: readonly ColumnLayout[];
}

/**
 * The columns of a record in order.
 *
 * Where it is `closed`, members that have no column matter to the verdict; with `presence`, so
 * does whether a null was written out.
 */
export interface Layout {
  readonly columns: readonly ColumnLayout[];
  readonly closed: boolean;
  readonly presence?: boolean;
}
