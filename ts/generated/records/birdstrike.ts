// Generated from shared-schemas/records/birdstrike.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { format, matchers } from '../../schema/checks.js';

/** A strike of wildlife against an aircraft, as the FAA's database reports it. */
export const BirdstrikeRecordSchema = z.strictObject({
  'Airport Name': z.string().min(1),
  'Aircraft Make Model': z.string().optional(),
  'Effect Amount of damage': z.enum(['None', 'Minor', 'Medium', 'Substantial']),
  'Flight Date': z.string().check(format('date')),
  'Aircraft Airline Operator': z.string().optional(),
  'Origin State': z.string().optional(),
  'Phase of flight': z.string().optional(),
  'Wildlife Size': z.enum(['Small', 'Medium', 'Large']).optional(),
  'Wildlife Species': z.string().optional(),
  'Time of day': z.enum(['Dawn', 'Day', 'Dusk', 'Night']).optional(),
  /** US dollars. */
  'Cost Other': z.int().min(0).optional(),
  /** US dollars. */
  'Cost Repair': z.int().min(0).optional(),
  /** US dollars. */
  'Cost Total $': z.int().min(0),
  'Speed IAS in knots': z.int().min(0).max(400).optional(),
});

export type BirdstrikeRecord = z.infer<typeof BirdstrikeRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const BirdstrikeRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Birdstrike',
  description: 'A strike of wildlife against an aircraft, as the FAA\'s database reports it.',
  type: 'object',
  required: ['Airport Name', 'Flight Date', 'Effect Amount of damage', 'Cost Total $'],
  properties: {
    'Airport Name': { type: 'string', minLength: 1 },
    'Aircraft Make Model': { type: 'string' },
    'Effect Amount of damage': { enum: ['None', 'Minor', 'Medium', 'Substantial'] },
    'Flight Date': { type: 'string', format: 'date' },
    'Aircraft Airline Operator': { type: 'string' },
    'Origin State': { type: 'string' },
    'Phase of flight': { type: 'string' },
    'Wildlife Size': { enum: ['Small', 'Medium', 'Large'] },
    'Wildlife Species': { type: 'string' },
    'Time of day': { enum: ['Dawn', 'Day', 'Dusk', 'Night'] },
    'Cost Other': { description: 'US dollars.', type: 'integer', minimum: 0 },
    'Cost Repair': { description: 'US dollars.', type: 'integer', minimum: 0 },
    'Cost Total $': { description: 'US dollars.', type: 'integer', minimum: 0 },
    'Speed IAS in knots': { type: 'integer', minimum: 0, maximum: 400 },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const BirdstrikeRecordSource = { document: BirdstrikeRecordDocument, patterns: matchers() };
