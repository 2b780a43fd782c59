// Generated from shared-schemas/wire/validation.json by `npm run generate`; do not edit.

/**
 * The catalogue of validation errors: for each keyword the stable code and the message of an error
 * record. {expected} is the keyword's value as canonical JSON text without quotes around a lone
 * string.
 */
export const KEYWORDS = {
  type: {
    code: 'wrong_type',
    message: 'must be {expected}',
  },
  required: {
    code: 'missing',
    message: 'is required',
  },
  additionalProperties: {
    code: 'unknown_key',
    message: 'is not a known key',
  },
  enum: {
    code: 'not_in_enum',
    message: 'must be one of {expected}',
  },
  const: {
    code: 'not_const',
    message: 'must be {expected}',
  },
  minimum: {
    code: 'too_small',
    message: 'must be at least {expected}',
  },
  maximum: {
    code: 'too_large',
    message: 'must be at most {expected}',
  },
  exclusiveMinimum: {
    code: 'too_small',
    message: 'must be greater than {expected}',
  },
  exclusiveMaximum: {
    code: 'too_large',
    message: 'must be less than {expected}',
  },
  multipleOf: {
    code: 'not_multiple',
    message: 'must be a multiple of {expected}',
  },
  minLength: {
    code: 'too_short',
    message: 'must have at least {expected} characters',
  },
  maxLength: {
    code: 'too_long',
    message: 'must have at most {expected} characters',
  },
  pattern: {
    code: 'pattern_mismatch',
    message: 'must match {expected}',
  },
  format: {
    code: 'bad_format',
    message: 'must be a valid {expected}',
  },
  minItems: {
    code: 'too_few_items',
    message: 'must have at least {expected} items',
  },
  maxItems: {
    code: 'too_many_items',
    message: 'must have at most {expected} items',
  },
  uniqueItems: {
    code: 'repeated_items',
    message: 'must not have the same item twice',
  },
  contains: {
    code: 'lacks_item',
    message: 'must have an item that fits {expected}',
  },
  minContains: {
    code: 'too_few_such_items',
    message: 'must have at least {expected} items that fit contains',
  },
  maxContains: {
    code: 'too_many_such_items',
    message: 'must have at most {expected} items that fit contains',
  },
  minProperties: {
    code: 'too_few_members',
    message: 'must have at least {expected} members',
  },
  maxProperties: {
    code: 'too_many_members',
    message: 'must have at most {expected} members',
  },
  propertyNames: {
    code: 'bad_name',
    message: 'has a name that does not fit {expected}',
  },
  dependentRequired: {
    code: 'missing',
    message: 'is required beside {expected}',
  },
  anyOf: {
    code: 'no_variant',
    message: 'must fit one of its variants',
  },
  oneOf: {
    code: 'not_one_variant',
    message: 'must fit exactly one of its variants',
  },
  not: {
    code: 'excluded',
    message: 'must not fit {expected}',
  },
  false: {
    code: 'not_allowed',
    message: 'must not be there',
  },
} as const;

export const STAGES = {
  parse: {
    code: 'cannot_parse',
    message: 'cannot be read as a record: expected {expected}',
  },
  cast: {
    code: 'cannot_cast',
    message: 'cannot be read as {expected}',
  },
} as const;

export const RULES = {
  rule: {
    code: 'business_rule',
    message: 'must keep the rule {expected}',
  },
} as const;

export type Keyword = keyof typeof KEYWORDS;
