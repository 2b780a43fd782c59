// Generated from shared-schemas/api/job-request.schema.json by `npm run generate`; do not edit.
import { z } from 'zod';
import { matchers, uniqueItems } from '../../schema/checks.js';

/** The body of POST /api/v1/jobs: take a file in, check and transform its records, publish them. */
export const JobRequestSchema = z.strictObject({
  /** Your name for the job; made up when absent. */
  job_id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u).optional(),
  /** The format of the source file. */
  source_type: z.enum(['arrow', 'csv', 'json', 'ndjson', 'parquet']),
  /** The source file, under a data root. */
  source_path: z.string().min(1).max(4096),
  /** How a CSV source is written. */
  source_options: z.strictObject({
    /** One ASCII character between fields. */
    delimiter: z.string().min(1).max(1).regex(/^[\t -!#-~]$/u).optional(),
    /** Unquoted fields that mean an absent value. */
    null_values: z.array(z.string().max(256)).max(64).optional(),
  }).optional(),
  /**
   * The format of the target file; arrow is an IPC stream where target_path ends in .arrows, else
   * an IPC file.
   */
  target_type: z.enum(['arrow', 'csv', 'json', 'ndjson', 'parquet']),
  /** The target file, under a data root. */
  target_path: z.string().min(1).max(4096),
  /** The record schema; may be absent for Parquet and Arrow under validation_mode skip. */
  schema_name: z.string().min(1).max(128).optional(),
  /** The steps after validation, in order; a step validate moves validation there. */
  transformations: z.array(z.union([
    z.enum(['validate', 'normalize', 'deduplicate']),
    z.strictObject({
      type: z.enum(['validate', 'normalize']),
    }),
    z.strictObject({
      type: z.enum(['deduplicate']),
      /**
       * The columns that make records equal; when absent x-primary-key of the schema, without one
       * the whole record.
       */
      key: z.array(z.string().min(1).max(256)).min(1).max(64).check(uniqueItems()).optional(),
      /** Which of equal records stays, by source order (first). */
      keep: z.enum(['first', 'last']).optional(),
    }),
    z.strictObject({
      type: z.enum(['aggregate']),
      /** The columns whose values make a group. */
      group_by: z.array(z.string().min(1).max(256)).min(1).max(64).check(uniqueItems()),
      /** The columns to compute. */
      aggregates: z.array(z.strictObject({
        /** What the column is called. */
        name: z.string().min(1).max(256),
        /** How it is computed. */
        function: z.enum([
          'count',
          'count_distinct',
          'sum',
          'min',
          'max',
          'mean',
          'first',
          'last',
        ]),
        /** Of which column; count may do without one, and then counts rows. */
        column: z.string().min(1).max(256).optional(),
      })).min(1).max(256),
    }),
  ])).max(100).optional(),
  /** What bad records do: fail the job, go to the rejects, or are not looked for. */
  validation_mode: z.enum(['strict', 'lenient', 'skip']).optional(),
  /** strict: rejects kept (1000). lenient: more rejected records than this fail the job. */
  max_errors: z.int().min(0).max(1000000000).optional(),
  /** lenient: a larger share of rejected records fails the job. */
  max_error_rate: z.number().min(0).max(1).optional(),
  /** Rows per record batch handed to transforms; changes no result. */
  batch_size: z.int().min(1).max(1048576).optional(),
  /** false: batches that cross between the processes go inline over the pipe. */
  enable_zero_copy: z.boolean().optional(),
  /** What to do when the target exists. */
  if_exists: z.enum(['replace', 'fail']).optional(),
  /** true: the report tells what the columns of the output hold. */
  profile: z.boolean().optional(),
});

export type JobRequest = z.infer<typeof JobRequestSchema>;

/** The JSON Schema that this module is generated from. */
export const JobRequestDocument = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'JobRequest',
  description: 'The body of POST /api/v1/jobs: take a file in, check and transform its records, publish them.',
  type: 'object',
  required: ['source_type', 'source_path', 'target_type', 'target_path'],
  properties: {
    job_id: {
      description: 'Your name for the job; made up when absent.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
    },
    source_type: {
      description: 'The format of the source file.',
      enum: ['arrow', 'csv', 'json', 'ndjson', 'parquet'],
    },
    source_path: {
      description: 'The source file, under a data root.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    source_options: {
      description: 'How a CSV source is written.',
      type: 'object',
      properties: {
        delimiter: {
          description: 'One ASCII character between fields.',
          type: 'string',
          minLength: 1,
          maxLength: 1,
          pattern: '^[\\t -!#-~]$',
        },
        null_values: {
          description: 'Unquoted fields that mean an absent value.',
          type: 'array',
          items: { type: 'string', maxLength: 256 },
          maxItems: 64,
        },
      },
      additionalProperties: false,
    },
    target_type: {
      description: 'The format of the target file; arrow is an IPC stream where target_path ends in .arrows, else an IPC file.',
      enum: ['arrow', 'csv', 'json', 'ndjson', 'parquet'],
    },
    target_path: {
      description: 'The target file, under a data root.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    schema_name: {
      description: 'The record schema; may be absent for Parquet and Arrow under validation_mode skip.',
      type: 'string',
      minLength: 1,
      maxLength: 128,
    },
    transformations: {
      description: 'The steps after validation, in order; a step validate moves validation there.',
      type: 'array',
      items: {
        anyOf: [
          { enum: ['validate', 'normalize', 'deduplicate'] },
          {
            description: 'Judge the records here, or give values that mean the same one form.',
            type: 'object',
            required: ['type'],
            properties: { type: { enum: ['validate', 'normalize'] } },
            additionalProperties: false,
          },
          {
            description: 'Keep one of the records with the same key.',
            type: 'object',
            required: ['type'],
            properties: {
              type: { enum: ['deduplicate'] },
              key: {
                description: 'The columns that make records equal; when absent x-primary-key of the schema, without one the whole record.',
                type: 'array',
                items: { type: 'string', minLength: 1, maxLength: 256 },
                minItems: 1,
                maxItems: 64,
                uniqueItems: true,
              },
              keep: {
                description: 'Which of equal records stays, by source order (first).',
                enum: ['first', 'last'],
              },
            },
            additionalProperties: false,
          },
          {
            description: 'Make one row of all rows with the same values in some columns.',
            type: 'object',
            required: ['type', 'group_by', 'aggregates'],
            properties: {
              type: { enum: ['aggregate'] },
              group_by: {
                description: 'The columns whose values make a group.',
                type: 'array',
                items: { type: 'string', minLength: 1, maxLength: 256 },
                minItems: 1,
                maxItems: 64,
                uniqueItems: true,
              },
              aggregates: {
                description: 'The columns to compute.',
                type: 'array',
                items: {
                  type: 'object',
                  required: ['name', 'function'],
                  properties: {
                    name: {
                      description: 'What the column is called.',
                      type: 'string',
                      minLength: 1,
                      maxLength: 256,
                    },
                    function: {
                      description: 'How it is computed.',
                      enum: [
                        'count',
                        'count_distinct',
                        'sum',
                        'min',
                        'max',
                        'mean',
                        'first',
                        'last',
                      ],
                    },
                    column: {
                      description: 'Of which column; count may do without one, and then counts rows.',
                      type: 'string',
                      minLength: 1,
                      maxLength: 256,
                    },
                  },
                  additionalProperties: false,
                },
                minItems: 1,
                maxItems: 256,
              },
            },
            additionalProperties: false,
          },
        ],
      },
      maxItems: 100,
    },
    validation_mode: {
      description: 'What bad records do: fail the job, go to the rejects, or are not looked for.',
      enum: ['strict', 'lenient', 'skip'],
    },
    max_errors: {
      description: 'strict: rejects kept (1000). lenient: more rejected records than this fail the job.',
      type: 'integer',
      minimum: 0,
      maximum: 1000000000,
    },
    max_error_rate: {
      description: 'lenient: a larger share of rejected records fails the job.',
      type: 'number',
      minimum: 0,
      maximum: 1,
    },
    batch_size: {
      description: 'Rows per record batch handed to transforms; changes no result.',
      type: 'integer',
      minimum: 1,
      maximum: 1048576,
    },
    enable_zero_copy: {
      description: 'false: batches that cross between the processes go inline over the pipe.',
      type: 'boolean',
    },
    if_exists: {
      description: 'What to do when the target exists.',
      enum: ['replace', 'fail'],
    },
    profile: {
      description: 'true: the report tells what the columns of the output hold.',
      type: 'boolean',
    },
  },
  additionalProperties: false,
};

/** That JSON Schema with what matches its patterns. */
export const JobRequestSource = {
  document: JobRequestDocument,
  patterns: matchers(
    [
      '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u,
    ],
    ['^[\\t -!#-~]$', /^[\t -!#-~]$/u],
  ),
};
