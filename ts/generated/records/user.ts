// Generated from shared-schemas/records/user.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { format, matchers, uniqueItems } from '../../schema/checks.js';

/** A user account as a partner delivers it. */
export const UserRecordSchema = z.strictObject({
  /** The account's number. */
  id: z.int().min(1),
  /** Where the account's mail goes. */
  email: z.string().check(format('email')),
  /** The name to show. */
  name: z.string().min(1).max(200),
  /** Age in years. */
  age: z.int().min(0).max(150).optional(),
  /** When the account was opened. */
  created_at: z.string().check(format('date-time')),
  /** Whether the account may sign in. */
  is_active: z.boolean().optional(),
  /** Labels, each given once. */
  tags: z.array(z.string()).max(50).check(uniqueItems()).optional(),
});

export type UserRecord = z.infer<typeof UserRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const UserRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'User',
  description: 'A user account as a partner delivers it.',
  type: 'object',
  required: ['id', 'email', 'name', 'created_at'],
  properties: {
    id: { description: 'The account\'s number.', type: 'integer', minimum: 1 },
    email: {
      description: 'Where the account\'s mail goes.',
      type: 'string',
      format: 'email',
    },
    name: {
      description: 'The name to show.',
      type: 'string',
      minLength: 1,
      maxLength: 200,
    },
    age: { description: 'Age in years.', type: 'integer', minimum: 0, maximum: 150 },
    created_at: {
      description: 'When the account was opened.',
      type: 'string',
      format: 'date-time',
    },
    is_active: { description: 'Whether the account may sign in.', type: 'boolean' },
    tags: {
      description: 'Labels, each given once.',
      type: 'array',
      items: { type: 'string' },
      maxItems: 50,
      uniqueItems: true,
    },
  },
  additionalProperties: false,
  'x-primary-key': ['id'],
};

/** That JSON Schema with what matches its patterns. */
export const UserRecordSource = { document: UserRecordDocument, patterns: matchers() };
