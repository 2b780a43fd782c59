// Generated from shared-schemas/wire/call.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** Node to worker: run a method. */
export const CallFrameSchema = z.strictObject({
  kind: z.literal('call'),
  /** The call that this frame belongs to. */
  id: z.int().min(1),
  method: z.string().min(1).max(128),
  params: z.record(z.string(), z.unknown()),
  /** Answer inline, whatever the size of a body. */
  inline: z.boolean().optional(),
  /** Chunks of the call's input follow, up to an end. */
  stream: z.boolean().optional(),
  /** How many chunks of output may be sent before more credit comes. */
  credit: z.int().min(0).optional(),
  /** Milliseconds from now after which nobody waits for the answer. */
  deadline_ms: z.number().gt(0).optional(),
  /** The trace that the call belongs to, as W3C Trace Context writes it. */
  traceparent: z.string().max(128).optional(),
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

export type CallFrame = z.infer<typeof CallFrameSchema>;

/** The JSON Schema that this module is generated from. */
export const CallFrameDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CallFrame',
  description: 'Node to worker: run a method.',
  type: 'object',
  required: ['kind', 'id', 'method', 'params'],
  properties: {
    kind: { const: 'call' },
    id: {
      description: 'The call that this frame belongs to.',
      type: 'integer',
      minimum: 1,
    },
    method: { type: 'string', minLength: 1, maxLength: 128 },
    params: { type: 'object' },
    inline: {
      description: 'Answer inline, whatever the size of a body.',
      type: 'boolean',
    },
    stream: {
      description: 'Chunks of the call\'s input follow, up to an end.',
      type: 'boolean',
    },
    credit: {
      description: 'How many chunks of output may be sent before more credit comes.',
      type: 'integer',
      minimum: 0,
    },
    deadline_ms: {
      description: 'Milliseconds from now after which nobody waits for the answer.',
      type: 'number',
      exclusiveMinimum: 0,
    },
    traceparent: {
      description: 'The trace that the call belongs to, as W3C Trace Context writes it.',
      type: 'string',
      maxLength: 128,
    },
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
export const CallFrameSource = { document: CallFrameDocument, patterns: matchers() };
