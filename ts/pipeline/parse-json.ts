import { isUtf8 } from 'node:buffer';
import { EtlError, messageOf } from '../errors.js';
import { scanJson } from './scan-json.js';

/**
 * Parses one JSON document that came from outside.
 *
 * @param mostValues - how many values it may hold: parsed, a small one takes many times its bytes.
 * @throws EtlError `MALFORMED_JSON` for what is not JSON in UTF-8, is nested too deep to be
 *   walked, holds too many values, has half of a surrogate pair in a string, names a key twice in
 *   one object, or has a number that no double holds.
 */
export function parseJson(text: Buffer, mostValues = Number.POSITIVE_INFINITY): unknown {
  if (text.length === 0) throw malformed('it is empty');
  if (!isUtf8(text)) throw malformed('it is not UTF-8');
  const scanned = scanJson(text, mostValues);
  if (typeof scanned === 'string') throw malformed(scanned);
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw malformed(messageOf(error), error);
  }
  // Of a key that stands twice the parser keeps one, so that it has fewer than were written.
  if (countMembers(value) !== scanned) throw malformed('an object has the same key twice');
  return value;
}

/** How many members the objects of a value have, in all. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    if (value === Infinity || value === -Infinity) {
      throw malformed('a number is beyond the range of a double');
    }
    return 0;
  }
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const member of Object.values(value)) count += 1 + countMembers(member);
  return count;
}

function malformed(reason: string, cause?: unknown): EtlError {
  return new EtlError('MALFORMED_JSON', { reason }, { cause });
}
