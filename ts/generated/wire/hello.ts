// Generated from shared-schemas/wire/hello.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { mapOf, matchers } from '../../schema/checks.js';

/** Worker to Node, first: who speaks, and by which protocol and schemas. */
export const HelloFrameSchema = z.strictObject({
  kind: z.literal('hello'),
  protocol: z.int().min(1),
  schema_digest: z.string().min(1).max(128),
  pid: z.int().min(1),
  versions: mapOf(z.string()),
  /** Whether the arenas could be mapped. */
  shared_memory: z.boolean(),
  /** What may run again when a worker is lost: methods, and functions as call_function:NAME. */
  retry_safe: z.array(z.string()).optional(),
});

export type HelloFrame = z.infer<typeof HelloFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const HelloFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'HelloFrame',
  description: 'Worker to Node, first: who speaks, and by which protocol and schemas.',
  type: 'object',
  required: ['kind', 'protocol', 'schema_digest', 'pid', 'versions', 'shared_memory'],
  properties: {
    kind: { const: 'hello' },
    protocol: { type: 'integer', minimum: 1 },
    schema_digest: { type: 'string', minLength: 1, maxLength: 128 },
    pid: { type: 'integer', minimum: 1 },
    versions: { type: 'object', additionalProperties: { type: 'string' } },
    shared_memory: { description: 'Whether the arenas could be mapped.', type: 'boolean' },
    retry_safe: {
      description: 'What may run again when a worker is lost: methods, and functions as call_function:NAME.',
      type: 'array',
      items: { type: 'string' },
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const HelloFrameSource = { document: HelloFrameDocument, patterns: matchers() };
