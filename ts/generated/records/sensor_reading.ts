// Generated from shared-schemas/records/sensor_reading.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { format, matchers } from '../../schema/checks.js';

/** One value that a device measured. */
export const SensorReadingRecordSchema = z.strictObject({
  /** The device. */
  device_id: z.string().check(format('uuid')),
  /** Counts the device's readings; with the device it names the reading. */
  sequence: z.int().min(0),
  /** When it was measured, by the device's clock. */
  measured_at: z.string().check(format('date-time')),
  /** What the value counts. */
  unit: z.enum(['celsius', 'percent', 'hectopascal', 'lux', 'volt']),
  value: z.number().min(-273.15).max(1000000),
  /** How far the device trusts the value. */
  quality: z.enum(['good', 'uncertain', 'bad']).optional(),
  battery_percent: z.int().min(0).max(100).optional(),
});

export type SensorReadingRecord = z.infer<typeof SensorReadingRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const SensorReadingRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Sensor reading',
  description: 'One value that a device measured.',
  type: 'object',
  required: ['device_id', 'sequence', 'measured_at', 'unit', 'value'],
  properties: {
    device_id: {
      description: 'The device.',
      type: 'string',
      format: 'uuid',
      'x-normalize': ['lowercase'],
    },
    sequence: {
      description: 'Counts the device\'s readings; with the device it names the reading.',
      type: 'integer',
      minimum: 0,
    },
    measured_at: {
      description: 'When it was measured, by the device\'s clock.',
      type: 'string',
      format: 'date-time',
    },
    unit: {
      description: 'What the value counts.',
      enum: ['celsius', 'percent', 'hectopascal', 'lux', 'volt'],
    },
    value: { type: 'number', minimum: -273.15, maximum: 1000000 },
    quality: {
      description: 'How far the device trusts the value.',
      enum: ['good', 'uncertain', 'bad'],
    },
    battery_percent: { type: 'integer', minimum: 0, maximum: 100, 'x-arrow': 'uint8' },
  },
  additionalProperties: false,
  'x-primary-key': ['device_id', 'sequence'],
};

/** That JSON Schema with what matches its patterns. */
export const SensorReadingRecordSource = { document: SensorReadingRecordDocument, patterns: matchers() };
