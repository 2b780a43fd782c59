// Generated from shared-schemas/records/flight.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { format, matchers } from '../../schema/checks.js';

/** A scheduled flight within the United States. */
export const FlightRecordSchema = z.strictObject({
  /** When it was to leave. */
  date: z.string().check(format('date-time')),
  /** Minutes late at arrival; negative where early. */
  delay: z.int().min(-120).max(1440),
  /** Miles. */
  distance: z.int().min(1),
  /** Airport code. */
  origin: z.string().regex(/^[A-Z0-9]{3}$/u),
  /** Airport code. */
  destination: z.string().regex(/^[A-Z0-9]{3}$/u),
});

export type FlightRecord = z.infer<typeof FlightRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const FlightRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Flight',
  description: 'A scheduled flight within the United States.',
  type: 'object',
  required: ['date', 'delay', 'distance', 'origin', 'destination'],
  properties: {
    date: {
      description: 'When it was to leave.',
      type: 'string',
      format: 'date-time',
    },
    delay: {
      description: 'Minutes late at arrival; negative where early.',
      type: 'integer',
      minimum: -120,
      maximum: 1440,
    },
    distance: { description: 'Miles.', type: 'integer', minimum: 1 },
    origin: { description: 'Airport code.', type: 'string', pattern: '^[A-Z0-9]{3}$' },
    destination: { description: 'Airport code.', type: 'string', pattern: '^[A-Z0-9]{3}$' },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const FlightRecordSource = {
  document: FlightRecordDocument,
  patterns: matchers(['^[A-Z0-9]{3}$', /^[A-Z0-9]{3}$/u]),
};
