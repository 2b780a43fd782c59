// Generated from shared-schemas/wire/release.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Node to worker: a reply's slot in the worker's arena is free again. */
export const ReleaseFrameSchema = z.strictObject({
  kind: z.literal('release'),
  offset: z.int().min(0),
});

export type ReleaseFrame = z.infer<typeof ReleaseFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const ReleaseFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ReleaseFrame',
  description: 'Node to worker: a reply\'s slot in the worker\'s arena is free again.',
  type: 'object',
  required: ['kind', 'offset'],
  properties: { kind: { const: 'release' }, offset: { type: 'integer', minimum: 0 } },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const ReleaseFrameSource = { document: ReleaseFrameDocument, patterns: matchers() };
