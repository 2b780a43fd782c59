// Generated from shared-schemas/records by `npm run generate`; do not edit.
import { BirdstrikeRecordDocument, BirdstrikeRecordSchema } from './birdstrike.js';
import { FlightRecordDocument, FlightRecordSchema } from './flight.js';
import { MovieRecordDocument, MovieRecordSchema } from './movie.js';
import { UserRecordDocument, UserRecordSchema } from './user.js';
import { ZipcodeRecordDocument, ZipcodeRecordSchema } from './zipcode.js';

/** The record schemas that are compiled in, by name. */
export const BUILT_IN = {
  birdstrike: {
    digest: '7427cd433ca52add2cc7191202c64c26e4e2695dd0609e22fbb5b30ec10d5b42',
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
      presence: false,
    },
  },
  flight: {
    digest: '4900f6da6d8add211f0591f2532aa1cb81b43c581749e9e71292549db351c364',
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
      presence: false,
    },
  },
  movie: {
    digest: '80ce4af5062c10793321574a9044cd3f178e387e54c8c8401cab3aecedeac7b0',
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
      presence: false,
    },
  },
  user: {
    digest: '4b1a1eba8a57d1607d1038c7bd140428d09220bb6f1dfe7471fc4f86e0fad388',
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
      presence: false,
    },
  },
  zipcode: {
    digest: 'ee8c5ffc097f927d80d2b8a8c15752758ed96abdc43819275b4f665a01e4619b',
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
      presence: false,
    },
  },
} as const;
