// Generated from shared-schemas/records/order.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { format, matchers, multipleOf } from '../../schema/checks.js';

/** An order of a shop, with what was ordered. */
export const OrderRecordSchema = z.strictObject({
  /** The order's number, as the customer sees it. */
  order_id: z.string().regex(/^[A-Z]{2}-[0-9]{6,12}$/u),
  /** The customer's number. */
  customer_id: z.int().min(1),
  /** When the customer confirmed it. */
  ordered_at: z.string().check(format('date-time')),
  /** How far it has come. */
  status: z.enum(['pending', 'paid', 'shipped', 'delivered', 'cancelled', 'returned']),
  /** ISO 4217; of every amount of the order. */
  currency: z.string().regex(/^[A-Z]{3}$/u),
  /** What was ordered, an article a line. */
  lines: z.array(z.strictObject({
    /** The article. */
    sku: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,31}$/u),
    quantity: z.int().min(1).max(100000),
    /** For one, before the discount: a decimal as text, so that no digit is lost. */
    unit_price: z.string().regex(/^[0-9]{1,14}(\.[0-9]{1,4})?$/u),
    discount_percent: z.number().min(0).max(100).check(multipleOf(0.1)).optional(),
  })).min(1).max(500),
  /** Where it goes. */
  shipping: z.strictObject({
    name: z.string().min(1).max(200),
    street: z.string().max(200).optional(),
    city: z.string().max(100).optional(),
    postal_code: z.string().max(12).optional(),
    /** ISO 3166-1, two letters. */
    country: z.string().regex(/^[A-Z]{2}$/u),
  }).optional(),
  /** What the customer pays, in units of the currency. */
  total: z.number().min(0).max(9999999999).check(multipleOf(0.01)),
  /** What the customer wrote, line breaks and all. */
  note: z.string().max(2000).optional(),
});

export type OrderRecord = z.infer<typeof OrderRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const OrderRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Order',
  description: 'An order of a shop, with what was ordered.',
  type: 'object',
  required: [
    'order_id',
    'customer_id',
    'ordered_at',
    'status',
    'currency',
    'lines',
    'total',
  ],
  properties: {
    order_id: {
      description: 'The order\'s number, as the customer sees it.',
      type: 'string',
      pattern: '^[A-Z]{2}-[0-9]{6,12}$',
      'x-normalize': ['uppercase', 'no-spaces'],
    },
    customer_id: { description: 'The customer\'s number.', type: 'integer', minimum: 1 },
    ordered_at: {
      description: 'When the customer confirmed it.',
      type: 'string',
      format: 'date-time',
    },
    status: {
      description: 'How far it has come.',
      enum: ['pending', 'paid', 'shipped', 'delivered', 'cancelled', 'returned'],
    },
    currency: {
      description: 'ISO 4217; of every amount of the order.',
      type: 'string',
      pattern: '^[A-Z]{3}$',
      'x-normalize': ['uppercase'],
    },
    lines: {
      description: 'What was ordered, an article a line.',
      type: 'array',
      items: {
        description: 'An article of the order.',
        type: 'object',
        required: ['sku', 'quantity', 'unit_price'],
        properties: {
          sku: {
            description: 'The article.',
            type: 'string',
            pattern: '^[A-Z0-9][A-Z0-9-]{1,31}$',
            'x-normalize': ['uppercase', 'no-spaces'],
          },
          quantity: { type: 'integer', minimum: 1, maximum: 100000, 'x-arrow': 'int32' },
          unit_price: {
            description: 'For one, before the discount: a decimal as text, so that no digit is lost.',
            type: 'string',
            pattern: '^[0-9]{1,14}(\\.[0-9]{1,4})?$',
            'x-arrow': 'decimal128(18,4)',
          },
          discount_percent: { type: 'number', minimum: 0, maximum: 100, multipleOf: 0.1 },
        },
        additionalProperties: false,
      },
      minItems: 1,
      maxItems: 500,
    },
    shipping: {
      description: 'Where it goes.',
      type: 'object',
      required: ['name', 'country'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 200 },
        street: { type: 'string', maxLength: 200 },
        city: { type: 'string', maxLength: 100 },
        postal_code: { type: 'string', maxLength: 12, 'x-normalize': ['uppercase'] },
        country: {
          description: 'ISO 3166-1, two letters.',
          type: 'string',
          pattern: '^[A-Z]{2}$',
          'x-normalize': ['uppercase'],
        },
      },
      additionalProperties: false,
    },
    total: {
      description: 'What the customer pays, in units of the currency.',
      type: 'number',
      minimum: 0,
      maximum: 9999999999,
      multipleOf: 0.01,
      'x-arrow': 'decimal128(12,2)',
    },
    note: {
      description: 'What the customer wrote, line breaks and all.',
      type: 'string',
      maxLength: 2000,
      'x-normalize': ['none'],
    },
  },
  additionalProperties: false,
  'x-primary-key': ['order_id'],
};

/** That JSON Schema with what matches its patterns. */
export const OrderRecordSource = {
  document: OrderRecordDocument,
  patterns: matchers(
    [
      '^[0-9]{1,14}(\\.[0-9]{1,4})?$',
      /^[0-9]{1,14}(\.[0-9]{1,4})?$/u,
    ],
    ['^[A-Z0-9][A-Z0-9-]{1,31}$', /^[A-Z0-9][A-Z0-9-]{1,31}$/u],
    ['^[A-Z]{2}$', /^[A-Z]{2}$/u],
    ['^[A-Z]{2}-[0-9]{6,12}$', /^[A-Z]{2}-[0-9]{6,12}$/u],
    ['^[A-Z]{3}$', /^[A-Z]{3}$/u],
  ),
};
