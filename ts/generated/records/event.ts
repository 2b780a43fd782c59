// Generated from shared-schemas/records/event.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { format, matchers, multipleOf } from '../../schema/checks.js';

/** A page was shown. */
const PageViewSchema = z.strictObject({
  type: z.literal('page_view'),
  url: z.string().max(2048).check(format('uri')),
  /** The page before; null where there was none. */
  referrer: z.string().check(format('uri')).nullable().optional(),
  /** How long it was looked at. */
  duration_ms: z.int().min(0).optional(),
});

/** An order was placed. */
const PurchaseSchema = z.strictObject({
  type: z.literal('purchase'),
  order_id: z.string().regex(/^[A-Z]{2}-[0-9]{6,12}$/u),
  amount: z.number().min(0).check(multipleOf(0.01)),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/u),
});

/** An account was opened. */
const SignupSchema = z.strictObject({
  type: z.literal('signup'),
  plan: z.enum(['free', 'team', 'enterprise']),
  /** The account that invited. */
  invited_by: z.int().min(1).optional(),
});

/** Something that a visitor did; `action` says what, by its `type`. */
export const EventRecordSchema = z.strictObject({
  /** Given by the sender, the same at each attempt to send. */
  event_id: z.string().check(format('uuid')),
  /** When the visitor did it, by the sender's clock. */
  occurred_at: z.string().check(format('date-time')),
  /** The visitor's device or browser. */
  visitor_id: z.string().min(1).max(64).optional(),
  /** The account, where the visitor is signed in. */
  user_id: z.int().min(1).nullable().optional(),
  /** What was done. */
  action: z.discriminatedUnion('type', [
    PageViewSchema,
    PurchaseSchema,
    SignupSchema,
  ]),
});

export type EventRecord = z.infer<typeof EventRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const EventRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Event',
  description: 'Something that a visitor did; `action` says what, by its `type`.',
  type: 'object',
  required: ['event_id', 'occurred_at', 'action'],
  properties: {
    event_id: {
      description: 'Given by the sender, the same at each attempt to send.',
      type: 'string',
      format: 'uuid',
      'x-normalize': ['lowercase'],
    },
    occurred_at: {
      description: 'When the visitor did it, by the sender\'s clock.',
      type: 'string',
      format: 'date-time',
    },
    visitor_id: {
      description: 'The visitor\'s device or browser.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    user_id: {
      description: 'The account, where the visitor is signed in.',
      type: ['integer', 'null'],
      minimum: 1,
    },
    action: {
      description: 'What was done.',
      oneOf: [
        { $ref: '#/$defs/page_view' },
        { $ref: '#/$defs/purchase' },
        { $ref: '#/$defs/signup' },
      ],
    },
  },
  additionalProperties: false,
  'x-primary-key': ['event_id'],
  $defs: {
    page_view: {
      description: 'A page was shown.',
      type: 'object',
      required: ['type', 'url'],
      properties: {
        type: { const: 'page_view' },
        url: { type: 'string', format: 'uri', maxLength: 2048 },
        referrer: {
          description: 'The page before; null where there was none.',
          type: ['string', 'null'],
          format: 'uri',
        },
        duration_ms: {
          description: 'How long it was looked at.',
          type: 'integer',
          minimum: 0,
        },
      },
      additionalProperties: false,
    },
    purchase: {
      description: 'An order was placed.',
      type: 'object',
      required: ['type', 'order_id', 'amount', 'currency'],
      properties: {
        type: { const: 'purchase' },
        order_id: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{6,12}$' },
        amount: { type: 'number', minimum: 0, multipleOf: 0.01 },
        currency: { description: 'ISO 4217.', type: 'string', pattern: '^[A-Z]{3}$' },
      },
      additionalProperties: false,
    },
    signup: {
      description: 'An account was opened.',
      type: 'object',
      required: ['type', 'plan'],
      properties: {
        type: { const: 'signup' },
        plan: { enum: ['free', 'team', 'enterprise'] },
        invited_by: {
          description: 'The account that invited.',
          type: 'integer',
          minimum: 1,
        },
      },
      additionalProperties: false,
    },
  },
};

/** That JSON Schema with what matches its patterns. */
export const EventRecordSource = {
  document: EventRecordDocument,
  patterns: matchers(
    ['^[A-Z]{2}-[0-9]{6,12}$', /^[A-Z]{2}-[0-9]{6,12}$/u],
    ['^[A-Z]{3}$', /^[A-Z]{3}$/u],
  ),
};
