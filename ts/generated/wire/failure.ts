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
  /** The Python exception and its causes, outermost first; the frames innermost first. */
  exceptions: z.array(z.strictObject({
    type: z.string(),
    message: z.string(),
    frames: z.array(z.strictObject({
      file: z.string(),
      line: z.int().min(0),
      function: z.string(),
      /** The line's text. */
      source: z.string().optional(),
    })),
  })).optional(),
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
    exceptions: {
      description: 'The Python exception and its causes, outermost first; the frames innermost first.',
      type: 'array',
      items: {
        type: 'object',
        required: ['type', 'message', 'frames'],
        properties: {
          type: { type: 'string' },
          message: { type: 'string' },
          frames: {
            type: 'array',
            items: {
              type: 'object',
              required: ['file', 'line', 'function'],
              properties: {
                file: { type: 'string' },
                line: { type: 'integer', minimum: 0 },
                function: { type: 'string' },
                source: { description: 'The line\'s text.', type: 'string' },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const FailureFrameSource = { document: FailureFrameDocument, patterns: matchers() };
