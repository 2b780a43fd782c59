// Generated from shared-schemas/wire/cancel.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Node to worker: stop a call; it is still answered. */
export const CancelFrameSchema = z.strictObject({
  kind: z.literal('cancel'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
});

export type CancelFrame = z.infer<typeof CancelFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const CancelFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CancelFrame',
  description: 'Node to worker: stop a call; it is still answered.',
  type: 'object',
  required: ['kind', 'id'],
  properties: {
    kind: { const: 'cancel' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const CancelFrameSource = { document: CancelFrameDocument, patterns: matchers() };
