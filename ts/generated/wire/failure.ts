// Generated from shared-schemas/wire/failure.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Worker to Node: a call ended by an error. */
export const FailureFrameSchema = z.strictObject({
  kind: z.literal('failure'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  /** A code of errors.json. */
  code: z.string().min(1).max(64),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  /** The Python frames, as Python prints them. */
  traceback: z.string().optional(),
});

export type FailureFrame = z.infer<typeof FailureFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const FailureFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'FailureFrame',
  description: 'Worker to Node: a call ended by an error.',
  type: 'object',
  required: ['kind', 'id', 'code', 'message'],
  properties: {
    kind: { const: 'failure' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
    code: {
      description: 'A code of errors.json.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    message: { type: 'string' },
    details: { type: 'object' },
    traceback: {
      description: 'The Python frames, as Python prints them.',
      type: 'string',
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const FailureFrameSource = { document: FailureFrameDocument, patterns: matchers() };
