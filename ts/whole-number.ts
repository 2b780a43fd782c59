import { z } from 'zod';

/**
 * A whole number as text, such as a setting, an option or a parameter of a query.
 *
 * The message of its one issue says what is expected, for the end of a sentence.
 */
export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && +text >= least && +text <= most, {
      error: `a whole number from ${least} to ${most}`,
    })
    .transform(Number);
}
