// Generated from shared-schemas/api/validate-request.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** The body of POST /api/v1/validate: rows to judge by a record schema. */
export const ValidateRequestSchema = z.strictObject({
  /** The record schema's name. */
  schema: z.string().min(1).max(128),
  /** The rows, any JSON values. */
  data: z.array(z.unknown()),
  /** Which layers judge: both, Zod alone, Pydantic alone. */
  mode: z.enum(['dual', 'zod', 'pydantic']).optional(),
});

export type ValidateRequest = z.infer<typeof ValidateRequestSchema>;

/** The JSON Schema that this module is generated from. */
export const ValidateRequestDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ValidateRequest',
  description: 'The body of POST /api/v1/validate: rows to judge by a record schema.',
  type: 'object',
  required: ['schema', 'data'],
  properties: {
    schema: {
      description: 'The record schema\'s name.',
      type: 'string',
      minLength: 1,
      maxLength: 128,
    },
    data: { description: 'The rows, any JSON values.', type: 'array', items: {} },
    mode: {
      description: 'Which layers judge: both, Zod alone, Pydantic alone.',
      enum: ['dual', 'zod', 'pydantic'],
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const ValidateRequestSource = { document: ValidateRequestDocument, patterns: matchers() };
