// Generated from shared-schemas/wire/release.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Either way: the reader has no more use for a slot of the other side's arena. */
export const ReleaseFrameSchema = z.strictObject({
  kind: z.literal('release'),
  /** Where the body began. */
  offset: z.int().min(0),
  generation: z.int().min(1),
});

export type ReleaseFrame = z.infer<typeof ReleaseFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const ReleaseFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ReleaseFrame',
  description: 'Either way: the reader has no more use for a slot of the other side\'s arena.',
  type: 'object',
  required: ['kind', 'offset', 'generation'],
  properties: {
    kind: { const: 'release' },
    offset: { description: 'Where the body began.', type: 'integer', minimum: 0 },
    generation: { type: 'integer', minimum: 1 },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const ReleaseFrameSource = { document: ReleaseFrameDocument, patterns: matchers() };
