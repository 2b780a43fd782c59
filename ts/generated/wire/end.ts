// Generated from shared-schemas/wire/end.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Node to worker: the call's input stream has ended, or failed with an error. */
export const EndFrameSchema = z.strictObject({
  kind: z.literal('end'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  error: z.strictObject({
    name: z.string(),
    message: z.string(),
    /** The JavaScript frames, as Node prints them. */
    stack: z.string().optional(),
  }).optional(),
});

export type EndFrame = z.infer<typeof EndFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const EndFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'EndFrame',
  description: 'Node to worker: the call\'s input stream has ended, or failed with an error.',
  type: 'object',
  required: ['kind', 'id'],
  properties: {
    kind: { const: 'end' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
    error: {
      type: 'object',
      required: ['name', 'message'],
      properties: {
        name: { type: 'string' },
        message: { type: 'string' },
        stack: {
          description: 'The JavaScript frames, as Node prints them.',
          type: 'string',
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const EndFrameSource = { document: EndFrameDocument, patterns: matchers() };
