// Generated from shared-schemas/records/movie.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers } from '../../schema/checks.js';

/** A film, its makers and what it earned. */
export const MovieRecordSchema = z.strictObject({
  Title: z.string().min(1),
  /** US dollars. */
  'US Gross': z.int().min(0),
  /** US dollars. */
  'Worldwide Gross': z.int().min(0),
  /** US dollars. */
  'US DVD Sales': z.int().min(0).nullable().optional(),
  /** US dollars. */
  'Production Budget': z.int().min(1).nullable().optional(),
  /** Month, day and year, as «Jun 12 1998». */
  'Release Date': z.string().regex(/^[A-Z][a-z]{2} [0-9]{2} [0-9]{4}$/u),
  'MPAA Rating': z.string().nullable().optional(),
  'Running Time min': z.int().min(1).nullable().optional(),
  Distributor: z.string().nullable().optional(),
  Source: z.string().nullable().optional(),
  'Major Genre': z.string().nullable().optional(),
  'Creative Type': z.string().nullable().optional(),
  Director: z.string().nullable().optional(),
  /** Per cent. */
  'Rotten Tomatoes Rating': z.int().min(0).max(100).nullable().optional(),
  'IMDB Rating': z.number().min(0).max(10).nullable().optional(),
  'IMDB Votes': z.int().min(0).nullable().optional(),
});

export type MovieRecord = z.infer<typeof MovieRecordSchema>;

/** The JSON Schema that this module is generated from. */
export const MovieRecordDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Movie',
  description: 'A film, its makers and what it earned.',
  type: 'object',
  required: ['Title', 'US Gross', 'Worldwide Gross', 'Release Date'],
  properties: {
    Title: { type: 'string', minLength: 1 },
    'US Gross': { description: 'US dollars.', type: 'integer', minimum: 0 },
    'Worldwide Gross': { description: 'US dollars.', type: 'integer', minimum: 0 },
    'US DVD Sales': { description: 'US dollars.', type: ['integer', 'null'], minimum: 0 },
    'Production Budget': { description: 'US dollars.', type: ['integer', 'null'], minimum: 1 },
    'Release Date': {
      description: 'Month, day and year, as «Jun 12 1998».',
      type: 'string',
      pattern: '^[A-Z][a-z]{2} [0-9]{2} [0-9]{4}$',
    },
    'MPAA Rating': { type: ['string', 'null'] },
    'Running Time min': { type: ['integer', 'null'], minimum: 1 },
    Distributor: { type: ['string', 'null'] },
    Source: { type: ['string', 'null'] },
    'Major Genre': { type: ['string', 'null'] },
    'Creative Type': { type: ['string', 'null'] },
    Director: { type: ['string', 'null'] },
    'Rotten Tomatoes Rating': {
      description: 'Per cent.',
      type: ['integer', 'null'],
      minimum: 0,
      maximum: 100,
    },
    'IMDB Rating': { type: ['number', 'null'], minimum: 0, maximum: 10 },
    'IMDB Votes': { type: ['integer', 'null'], minimum: 0 },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const MovieRecordSource = {
  document: MovieRecordDocument,
  patterns: matchers(
    [
      '^[A-Z][a-z]{2} [0-9]{2} [0-9]{4}$',
      /^[A-Z][a-z]{2} [0-9]{2} [0-9]{4}$/u,
    ],
  ),
};
