// Generated from shared-schemas/wire/credit.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Either way: so many more chunks of the call's stream may be sent. */
export const CreditFrameSchema = z.strictObject({
  kind: z.literal('credit'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  chunks: z.int().min(1),
});

export type CreditFrame = z.infer<typeof CreditFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const CreditFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CreditFrame',
  description: 'Either way: so many more chunks of the call\'s stream may be sent.',
  type: 'object',
  required: ['kind', 'id', 'chunks'],
  properties: {
    kind: { const: 'credit' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
    chunks: { type: 'integer', minimum: 1 },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const CreditFrameSource = { document: CreditFrameDocument, patterns: matchers() };
