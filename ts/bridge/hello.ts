import { PROTOCOL } from '../generated/protocol.js';
import type { HelloFrame } from '../generated/wire/hello.js';
import { BridgeError } from './errors.js';

/** Why a worker that has said hello cannot be taken on: it is of another version than this side. */
export function mismatchOf(hello: HelloFrame, schemaDigest: string): BridgeError | undefined {
  const expected = { protocol: PROTOCOL.version, schema_digest: schemaDigest };
  for (const what of ['protocol', 'schema_digest'] as const) {
    if (hello[what] !== expected[what]) {
      const params = { what, received: hello[what], expected: expected[what] };
      return new BridgeError('PROTOCOL_MISMATCH', params);
    }
  }
  return undefined;
}
