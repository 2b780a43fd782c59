import { PROTOCOL } from '../generated/protocol.js';
import { type CallFrame, CallFrameSchema } from '../generated/wire/call.js';
import type { BodyPlace } from './bodies.js';
import type { Deadline } from './call.js';
import type { Credit } from './credits.js';
import { BridgeError } from './errors.js';
import type { ReceivedChunks, StreamOptions } from './stream.js';

const NameSchema = CallFrameSchema.pick({ method: true, traceparent: true });

/** A call to be made. */
export interface NewCall {
  readonly method: string;
  readonly params: object;
  readonly options: StreamOptions;
  /** What was taken for the body. */
  readonly credit: Credit | undefined;
  readonly deadline: Deadline | undefined;
  /** Where its output goes, when it is read as a stream. */
  readonly chunks: ReceivedChunks | undefined;
}

/**
 * The header of the frame that makes a call.
 *
 * @param leftMs - How much of its time is left.
 * @param place - Where its body lies.
 * @throws BridgeError INVALID_REQUEST when no frame can carry its name: a worker that is sent what is
 *   no message ends, with all its calls.
 */
export function callHeader(
  id: number,
  { method, params, options, chunks }: NewCall,
  leftMs: number | undefined,
  place: BodyPlace | undefined,
): CallFrame {
  const { inline, input, traceparent } = options;
  const issue = NameSchema.safeParse({ method, traceparent }).error?.issues[0];
  if (issue !== undefined) {
    const reason = `The ${issue.path.join('.')} of a call cannot be sent: ${issue.message}.`;
    throw new BridgeError('INVALID_REQUEST', { reason });
  }
  const header: CallFrame = { kind: 'call', id, method, params: params as CallFrame['params'] };
  if (inline) header.inline = true;
  if (input !== undefined) header.stream = true;
  if (chunks !== undefined) header.credit = PROTOCOL.streamCreditChunks;
  if (leftMs !== undefined) header.deadline_ms = leftMs;
  if (traceparent !== undefined) header.traceparent = traceparent;
  if (place !== undefined) header.body = place;
  return header;
}
