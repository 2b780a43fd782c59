// Generated from shared-schemas/wire/chunk.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Either way: one part of a call's input or output stream. Each costs one credit. */
export const ChunkFrameSchema = z.strictObject({
  kind: z.literal('chunk'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  /** Any JSON value. */
  value: z.unknown().optional(),
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

export type ChunkFrame = z.infer<typeof ChunkFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const ChunkFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ChunkFrame',
  description: 'Either way: one part of a call\'s input or output stream. Each costs one credit.',
  type: 'object',
  required: ['kind', 'id'],
  properties: {
    kind: { const: 'chunk' },
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
export const ChunkFrameSource = { document: ChunkFrameDocument, patterns: matchers() };
