// Generated from shared-schemas/records by `npm run generate`; do not edit.
import { BirdstrikeRecordDocument, BirdstrikeRecordSchema } from './birdstrike.js';
import { FlightRecordDocument, FlightRecordSchema } from './flight.js';
import { MovieRecordDocument, MovieRecordSchema } from './movie.js';
import { UserRecordDocument, UserRecordSchema } from './user.js';
import { ZipcodeRecordDocument, ZipcodeRecordSchema } from './zipcode.js';

/** The record schemas that are compiled in, by name. */
export const BUILT_IN = {
  birdstrike: {
    digest: '0deeb87e7881a54515a53fe90778ff7a11e385f10840413ec3375fad6e79776c',
    zod: BirdstrikeRecordSchema,
    document: BirdstrikeRecordDocument,
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
    },
  },
  flight: {
    digest: '9216ba43f5ced2676e4962bb5dcb302ed95bb6ad3ed5f005611f18c2220970b6',
    zod: FlightRecordSchema,
    document: FlightRecordDocument,
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
    },
  },
  movie: {
    digest: '6f31b6cacd41b41759608336f3e30614005c7182fb93969dc0649e81cf2b1c86',
    zod: MovieRecordSchema,
    document: MovieRecordDocument,
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
    },
  },
  user: {
    digest: '0f0fa25729fa33496153296e04031624d83295b48b7fe9604e38e4bb9140ff09',
    zod: UserRecordSchema,
    document: UserRecordDocument,
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
    },
  },
  zipcode: {
    digest: 'd3e24babbe5c557d4ee30a1acbd25cd46cdffdc8cf468ab065608f7643c6a51b',
    zod: ZipcodeRecordSchema,
    document: ZipcodeRecordDocument,
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
    },
  },
} as const;
