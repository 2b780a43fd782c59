// Generated from shared-schemas/records/zipcode.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** A postal code of the United States and where it lies. */
export const ZipcodeRecordSchema = z.strictObject({
  /** Five digits; a leading zero counts. */
  zip_code: z.string().regex(/^[0-9]{5}$/u),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  city: z.string().min(1),
  state: z.string().regex(/^[A-Z]{2}$/u),
  county: z.string().optional(),
});

export type ZipcodeRecord = z.infer<typeof ZipcodeRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const ZipcodeRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Zipcode',
  description: 'A postal code of the United States and where it lies.',
  type: 'object',
  required: ['zip_code', 'latitude', 'longitude', 'city', 'state'],
  properties: {
    zip_code: {
      description: 'Five digits; a leading zero counts.',
      type: 'string',
      pattern: '^[0-9]{5}$',
    },
    latitude: { type: 'number', minimum: -90, maximum: 90 },
    longitude: { type: 'number', minimum: -180, maximum: 180 },
    city: { type: 'string', minLength: 1 },
    state: { type: 'string', pattern: '^[A-Z]{2}$' },
    county: { type: 'string' },
  },
  additionalProperties: false,
  'x-primary-key': ['zip_code'],
};

/** That JSON Schema with what matches its patterns. */
export const ZipcodeRecordSource = {
  document: ZipcodeRecordDocument,
  patterns: matchers(
    ['^[0-9]{5}$', /^[0-9]{5}$/u],
    ['^[A-Z]{2}$', /^[A-Z]{2}$/u],
  ),
};
