// Generated from shared-schemas/wire/memory.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Worker to Node, now and then: what the worker holds. */
export const MemoryFrameSchema = z.strictObject({
  kind: z.literal('memory'),
  /** Private memory, without the arenas. */
  anonymous_bytes: z.int().min(0),
});

export type MemoryFrame = z.infer<typeof MemoryFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const MemoryFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'MemoryFrame',
  description: 'Worker to Node, now and then: what the worker holds.',
  type: 'object',
  required: ['kind', 'anonymous_bytes'],
  properties: {
    kind: { const: 'memory' },
    anonymous_bytes: {
      description: 'Private memory, without the arenas.',
      type: 'integer',
      minimum: 0,
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const MemoryFrameSource = { document: MemoryFrameDocument, patterns: matchers() };
