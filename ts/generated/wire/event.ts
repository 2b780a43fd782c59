// Generated from shared-schemas/wire/event.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Worker to Node: news of a call that goes on. */
export const EventFrameSchema = z.strictObject({
  kind: z.literal('event'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  event: z.record(z.string(), z.unknown()),
});

export type EventFrame = z.infer<typeof EventFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const EventFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'EventFrame',
  description: 'Worker to Node: news of a call that goes on.',
  type: 'object',
  required: ['kind', 'id', 'event'],
  properties: {
    kind: { const: 'event' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
    event: { type: 'object' },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const EventFrameSource = { document: EventFrameDocument, patterns: matchers() };
