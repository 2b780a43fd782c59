import { type EventFrame, EventFrameSchema } from '../generated/wire/event.js';
import { type FailureFrame, FailureFrameSchema } from '../generated/wire/failure.js';
import { type HelloFrame, HelloFrameSchema } from '../generated/wire/hello.js';
import { type ReplyFrame, ReplyFrameSchema } from '../generated/wire/reply.js';
import { FrameError } from './frames.js';

/** What a worker may say. */
export type WorkerMessage = HelloFrame | EventFrame | ReplyFrame | FailureFrame;

const SCHEMAS = {
  hello: HelloFrameSchema,
  event: EventFrameSchema,
  reply: ReplyFrameSchema,
  failure: FailureFrameSchema,
};

/** @throws FrameError when the header is no message of a worker. */
export function parseMessage(header: unknown): WorkerMessage {
  const kind = (header as { kind?: unknown } | null)?.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(SCHEMAS, kind)) {
    throw new FrameError(`no message of a worker: kind ${JSON.stringify(kind)}`);
  }
  const parsed = SCHEMAS[kind as keyof typeof SCHEMAS].safeParse(header);
  if (!parsed.success) {
    throw new FrameError(`a malformed ${kind}: ${parsed.error.issues[0]?.message}`);
  }
  return parsed.data as WorkerMessage;
}
