import { isUtf8 } from 'node:buffer';
import { EtlError, messageOf } from '../errors.js';
import { scanJson } from './scan-json.js';

/**
 * Parses one JSON document that came from outside.
 *
 * @param mostValues - how many values it may hold: parsed, a small one takes many times its bytes.
 * @throws EtlError `MALFORMED_JSON` for what is not JSON in UTF-8, is nested too deep to be
 *   walked, holds too many values, or has half of a surrogate pair in a string.
 */
export function parseJson(text: Buffer, mostValues = Number.POSITIVE_INFINITY): unknown {
  if (text.length === 0) throw malformed('it is empty');
  if (!isUtf8(text)) throw malformed('it is not UTF-8');
  const fault = scanJson(text, mostValues);
  if (fault !== undefined) throw malformed(fault);
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw malformed(messageOf(error), error);
  }
}

function malformed(reason: string, cause?: unknown): EtlError {
  return new EtlError('MALFORMED_JSON', { reason }, { cause });
}
