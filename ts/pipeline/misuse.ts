import { EtlError } from '../errors.js';

/** The error for a method or an option that cannot be used so. */
export function misuse(reason: string): EtlError {
  return new EtlError('INVALID_REQUEST', { reason });
}
