// Generated from shared-schemas/records by `npm run generate`; do not edit.
import { BirdstrikeRecordSchema, BirdstrikeRecordSource } from './birdstrike.js';
import { EventRecordSchema, EventRecordSource } from './event.js';
import { FlightRecordSchema, FlightRecordSource } from './flight.js';
import { MovieRecordSchema, MovieRecordSource } from './movie.js';
import { OrderRecordSchema, OrderRecordSource } from './order.js';
import { SensorReadingRecordSchema, SensorReadingRecordSource } from './sensor_reading.js';
import { UserRecordSchema, UserRecordSource } from './user.js';
import { ZipcodeRecordSchema, ZipcodeRecordSource } from './zipcode.js';

/** The record schemas that are compiled in, by name. */
export const BUILT_IN = {
  birdstrike: {
    digest: '1416fd8d960143b11c8b3c1fae22da192090be3e32bf0ed2395a9e0b23a66890',
    zod: BirdstrikeRecordSchema,
    ...BirdstrikeRecordSource,
    layout: {
      columns: [
        {
          name: 'Airport Name',
          kind: 'string',
          required: true,
          nullable: false,
        },
        {
          name: 'Aircraft Make Model',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Effect Amount of damage',
          kind: 'string',
          required: true,
          nullable: false,
        },
        { name: 'Flight Date', kind: 'date', required: true, nullable: false },
        {
          name: 'Aircraft Airline Operator',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Origin State',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Phase of flight',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Wildlife Size',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Wildlife Species',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Time of day',
          kind: 'string',
          required: false,
          nullable: false,
        },
        {
          name: 'Cost Other',
          kind: 'integer',
          required: false,
          nullable: false,
        },
        {
          name: 'Cost Repair',
          kind: 'integer',
          required: false,
          nullable: false,
        },
        {
          name: 'Cost Total $',
          kind: 'integer',
          required: true,
          nullable: false,
        },
        {
          name: 'Speed IAS in knots',
          kind: 'integer',
          required: false,
          nullable: false,
        },
      ],
      closed: true,
      presence: false,
    },
  },
  event: {
    digest: 'ba2d0dfd277d804515dd7cf207cc47b71934db1b3996a7ce2e938deb7ae7c8d7',
    zod: EventRecordSchema,
    ...EventRecordSource,
    layout: {
      columns: [
        { name: 'event_id', kind: 'string', required: true, nullable: false },
        {
          name: 'occurred_at',
          kind: 'date-time',
          required: true,
          nullable: false,
        },
        {
          name: 'visitor_id',
          kind: 'string',
          required: false,
          nullable: false,
        },
        { name: 'user_id', kind: 'integer', required: false, nullable: true },
        { name: 'action', kind: 'json', required: true, nullable: false },
      ],
      closed: true,
      presence: false,
    },
  },
  flight: {
    digest: 'a3a747f695a920776d03e24df2a58bba4f012bccda2d9c8b1bafdabc0caaddb0',
    zod: FlightRecordSchema,
    ...FlightRecordSource,
    layout: {
      columns: [
        { name: 'date', kind: 'date-time', required: true, nullable: false },
        { name: 'delay', kind: 'integer', required: true, nullable: false },
        { name: 'distance', kind: 'integer', required: true, nullable: false },
        { name: 'origin', kind: 'string', required: true, nullable: false },
        {
          name: 'destination',
          kind: 'string',
          required: true,
          nullable: false,
        },
      ],
      closed: true,
      presence: false,
    },
  },
  movie: {
    digest: '5c0d8ea7e2c7e4ec2f772dbe5376b02741be2e6fbc050e980e57afbeba9dc131',
    zod: MovieRecordSchema,
    ...MovieRecordSource,
    layout: {
      columns: [
        { name: 'Title', kind: 'string', required: true, nullable: false },
        { name: 'US Gross', kind: 'integer', required: true, nullable: false },
        {
          name: 'Worldwide Gross',
          kind: 'integer',
          required: true,
          nullable: false,
        },
        {
          name: 'US DVD Sales',
          kind: 'integer',
          required: false,
          nullable: true,
        },
        {
          name: 'Production Budget',
          kind: 'integer',
          required: false,
          nullable: true,
        },
        {
          name: 'Release Date',
          kind: 'string',
          required: true,
          nullable: false,
        },
        {
          name: 'MPAA Rating',
          kind: 'string',
          required: false,
          nullable: true,
        },
        {
          name: 'Running Time min',
          kind: 'integer',
          required: false,
          nullable: true,
        },
        {
          name: 'Distributor',
          kind: 'string',
          required: false,
          nullable: true,
        },
        { name: 'Source', kind: 'string', required: false, nullable: true },
        {
          name: 'Major Genre',
          kind: 'string',
          required: false,
          nullable: true,
        },
        {
          name: 'Creative Type',
          kind: 'string',
          required: false,
          nullable: true,
        },
        { name: 'Director', kind: 'string', required: false, nullable: true },
        {
          name: 'Rotten Tomatoes Rating',
          kind: 'integer',
          required: false,
          nullable: true,
        },
        {
          name: 'IMDB Rating',
          kind: 'number',
          required: false,
          nullable: true,
        },
        {
          name: 'IMDB Votes',
          kind: 'integer',
          required: false,
          nullable: true,
        },
      ],
      closed: true,
      presence: false,
    },
  },
  order: {
    digest: '3b5f40c1278193df6c864ec057b5cfca46216775614365a0f70980462d7d4552',
    zod: OrderRecordSchema,
    ...OrderRecordSource,
    layout: {
      columns: [
        { name: 'order_id', kind: 'string', required: true, nullable: false },
        {
          name: 'customer_id',
          kind: 'integer',
          required: true,
          nullable: false,
        },
        {
          name: 'ordered_at',
          kind: 'date-time',
          required: true,
          nullable: false,
        },
        { name: 'status', kind: 'string', required: true, nullable: false },
        { name: 'currency', kind: 'string', required: true, nullable: false },
        {
          name: 'lines',
          kind: 'list',
          required: true,
          nullable: false,
          item: {
            name: 'item',
            kind: 'struct',
            required: true,
            nullable: false,
            fields: [
              { name: 'sku', kind: 'string', required: true, nullable: false },
              {
                name: 'quantity',
                kind: 'integer',
                required: true,
                nullable: false,
              },
              {
                name: 'unit_price',
                kind: 'string',
                required: true,
                nullable: false,
              },
              {
                name: 'discount_percent',
                kind: 'number',
                required: false,
                nullable: false,
              },
            ],
          },
        },
        {
          name: 'shipping',
          kind: 'struct',
          required: false,
          nullable: false,
          fields: [
            { name: 'name', kind: 'string', required: true, nullable: false },
            {
              name: 'street',
              kind: 'string',
              required: false,
              nullable: false,
            },
            { name: 'city', kind: 'string', required: false, nullable: false },
            {
              name: 'postal_code',
              kind: 'string',
              required: false,
              nullable: false,
            },
            {
              name: 'country',
              kind: 'string',
              required: true,
              nullable: false,
            },
          ],
        },
        { name: 'total', kind: 'number', required: true, nullable: false },
        { name: 'note', kind: 'string', required: false, nullable: false },
      ],
      closed: true,
      presence: false,
    },
  },
  sensor_reading: {
    digest: 'f850b8faecea742f9aeea48d48edb75d9127567e0722f5465007bdf94b0a359a',
    zod: SensorReadingRecordSchema,
    ...SensorReadingRecordSource,
    layout: {
      columns: [
        { name: 'device_id', kind: 'string', required: true, nullable: false },
        { name: 'sequence', kind: 'integer', required: true, nullable: false },
        {
          name: 'measured_at',
          kind: 'date-time',
          required: true,
          nullable: false,
        },
        { name: 'unit', kind: 'string', required: true, nullable: false },
        { name: 'value', kind: 'number', required: true, nullable: false },
        { name: 'quality', kind: 'string', required: false, nullable: false },
        {
          name: 'battery_percent',
          kind: 'integer',
          required: false,
          nullable: false,
        },
      ],
      closed: true,
      presence: false,
    },
  },
  user: {
    digest: '7375eef39bbf42429c5a9d556ecede2c053e21197e8fe7c6f2e462d1851c3af6',
    zod: UserRecordSchema,
    ...UserRecordSource,
    layout: {
      columns: [
        { name: 'id', kind: 'integer', required: true, nullable: false },
        { name: 'email', kind: 'string', required: true, nullable: false },
        { name: 'name', kind: 'string', required: true, nullable: false },
        { name: 'age', kind: 'integer', required: false, nullable: false },
        {
          name: 'created_at',
          kind: 'date-time',
          required: true,
          nullable: false,
        },
        {
          name: 'is_active',
          kind: 'boolean',
          required: false,
          nullable: false,
        },
        {
          name: 'tags',
          kind: 'list',
          required: false,
          nullable: false,
          item: { name: 'item', kind: 'string', required: true, nullable: false },
        },
      ],
      closed: true,
      presence: false,
    },
  },
  zipcode: {
    digest: '2572b09ee398550b1bda9c1c7f77e38e08768f4c8acae54751da06f6de508a4f',
    zod: ZipcodeRecordSchema,
    ...ZipcodeRecordSource,
    layout: {
      columns: [
        { name: 'zip_code', kind: 'string', required: true, nullable: false },
        { name: 'latitude', kind: 'number', required: true, nullable: false },
        { name: 'longitude', kind: 'number', required: true, nullable: false },
        { name: 'city', kind: 'string', required: true, nullable: false },
        { name: 'state', kind: 'string', required: true, nullable: false },
        { name: 'county', kind: 'string', required: false, nullable: false },
      ],
      closed: true,
      presence: false,
    },
  },
} as const;
