import type { z } from 'zod';
import { EtlError } from '../errors.js';
import type { JsonSchema } from './layout.js';
import { nearest } from './suggest.js';
import { type ErrorRecord, type Explainable, explain } from './validate.js';

/**
 * Parses what a caller sent by its generated Zod schema.
 *
 * @param told - the JSON Schema that `schema` was generated from.
 * @throws EtlError `INVALID_REQUEST` with an error record for each fault; a name that is not
 *   known comes with the one that was probably meant.
 */
export function parseRequest<T>(schema: z.ZodType<T>, input: unknown, told: Explainable): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = explain(told, input, 0)
    .flatMap((error) => ofVariant(error, input, told))
    .map((error) => {
      const { index: _, ...rest } = error;
      return { ...rest, message: error.message + suggestion(error, told.document) };
    });
  throw new EtlError('INVALID_REQUEST', { reason: reasonOf(errors) }, { errors });
}

/** In place of «fits none of several»: what is wrong by the one that its member `type` names. */
function ofVariant(error: ErrorRecord, input: unknown, told: Explainable): ErrorRecord[] {
  if (error.keyword !== 'anyOf') return [error];
  const tokens = error.path.split('/').slice(1);
  const value = tokens.reduce<unknown>(
    (within, token) => (within as Record<string, unknown>)[token],
    input,
  );
  const { type } = Object(value) as { type?: unknown };
  const named = schemasAt(told.document, tokens).filter(({ properties }) => {
    const discriminator = (properties as { type?: JsonSchema } | undefined)?.type;
    return discriminator !== undefined && choicesOf([discriminator]).includes(type as string);
  });
  const [variant, ...others] = named;
  if (variant === undefined || others.length > 0) return [error];
  return explain({ ...told, document: variant }, value, 0).map((one) => ({
    ...one,
    path: error.path + one.path,
    field: error.field,
  }));
}

function reasonOf(errors: readonly { path: string; message: string }[]): string {
  const [first, ...more] = errors;
  const place = first?.path ? first.path.slice(1).replaceAll('/', '.') : 'the body';
  const others = more.length === 0 ? '' : `; and ${more.length} more, see errors`;
  return sentence(`${place} ${first?.message}${others}`);
}

function sentence(text: string): string {
  return text.endsWith('?') ? text : `${text}.`;
}

/** The name that was probably meant where a name is not known, for the end of a message. */
function suggestion({ path, keyword, value }: ErrorRecord, document: JsonSchema): string {
  const tokens = path.split('/').slice(1);
  const last = tokens.at(-1) ?? '';
  if (keyword === 'additionalProperties') {
    return didYouMean(last, membersOf(schemasAt(document, tokens.slice(0, -1))));
  }
  if (keyword === 'anyOf') return ofNames(value, tokens, document);
  return typeof value === 'string' ? didYouMean(value, choicesOf(schemasAt(document, tokens))) : '';
}

/** Where several are named, by themselves or by their member `type`: the one meant, or all. */
function ofNames(value: unknown, tokens: readonly string[], document: JsonSchema): string {
  const typed = choicesOf(schemasAt(document, [...tokens, 'type']));
  const names = [...new Set([...choicesOf(schemasAt(document, tokens)), ...typed])];
  const name = typeof value === 'string' ? value : (Object(value) as { type?: unknown }).type;
  const all = `; there are ${names.join(', ')}`;
  if (typeof name !== 'string') return all;
  if (typed.includes(name)) return `; ${name} has options: {"type": "${name}", …}`;
  return didYouMean(name, names) || all;
}

function didYouMean(word: string, names: readonly string[]): string {
  const near = nearest(word, names);
  return near === undefined || near === word ? '' : `; did you mean ${near}?`;
}

/** The schemas that a value at these tokens may have to fit: several where an `anyOf` lies. */
function schemasAt(document: JsonSchema, tokens: readonly string[]): JsonSchema[] {
  let schemas = variantsOf([document]);
  for (const token of tokens) {
    const below = schemas.map(({ properties, items }) => {
      const members = properties as Record<string, JsonSchema> | undefined;
      return members && Object.hasOwn(members, token) ? members[token] : items;
    });
    schemas = variantsOf(below.filter((schema) => schema !== undefined) as JsonSchema[]);
  }
  return schemas;
}

function variantsOf(schemas: readonly JsonSchema[]): JsonSchema[] {
  return schemas.flatMap((schema) => (schema.anyOf as JsonSchema[] | undefined) ?? [schema]);
}

function choicesOf(schemas: readonly JsonSchema[]): string[] {
  const values = schemas.flatMap((schema) => (schema.enum as unknown[] | undefined) ?? []);
  return values.filter((value) => typeof value === 'string');
}

function membersOf(schemas: readonly JsonSchema[]): string[] {
  return schemas.flatMap(({ properties }) => Object.keys(properties ?? {}));
}
