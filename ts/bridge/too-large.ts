import { BridgeError } from './errors.js';

/** How a body is sent all the same that is too large for one frame or slot. */
export const IN_PIECES = 'Send it in pieces, as a stream';

/**
 * The error for more bytes than may be sent at once.
 *
 * @param subject - What of which call they are.
 * @param advice - What to do instead.
 */
export function tooLarge(
  subject: string,
  bytes: number,
  limit: number,
  advice: string,
): BridgeError {
  const message = `${subject} has ${bytes} bytes, more than the ${limit} that may be sent at once. ${advice}.`;
  return new BridgeError('PAYLOAD_TOO_LARGE', { limit, bytes }, { message });
}
