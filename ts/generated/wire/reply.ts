// Generated from shared-schemas/wire/reply.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Worker to Node: a call's result. */
export const ReplyFrameSchema = z.strictObject({
  kind: z.literal('reply'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  /** Any JSON value. */
  value: z.unknown(),
  /**
   * Where the body lies: behind the header, or in a slot of the sender's arena, whose generation it
   * names.
   */
  body: z.strictObject({
    at: z.enum(['inline', 'shared']),
    offset: z.int().min(0).optional(),
    length: z.int().min(0),
    generation: z.int().min(1).optional(),
  }).optional(),
});

export type ReplyFrame = z.infer<typeof ReplyFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const ReplyFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ReplyFrame',
  description: 'Worker to Node: a call\'s result.',
  type: 'object',
  required: ['kind', 'id', 'value'],
  properties: {
    kind: { const: 'reply' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
    value: { description: 'Any JSON value.' },
    body: {
      description: 'Where the body lies: behind the header, or in a slot of the sender\'s arena, whose generation it names.',
      type: 'object',
      required: ['at', 'length'],
      properties: {
        at: { enum: ['inline', 'shared'] },
        offset: { type: 'integer', minimum: 0 },
        length: { type: 'integer', minimum: 0 },
        generation: { type: 'integer', minimum: 1 },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const ReplyFrameSource = { document: ReplyFrameDocument, patterns: matchers() };
