import { type ChunkFrame, ChunkFrameSchema } from '../generated/wire/chunk.js';
import { type CreditFrame, CreditFrameSchema } from '../generated/wire/credit.js';
import { type EventFrame, EventFrameSchema } from '../generated/wire/event.js';
import { type FailureFrame, FailureFrameSchema } from '../generated/wire/failure.js';
import { type HelloFrame, HelloFrameSchema } from '../generated/wire/hello.js';
import { type MemoryFrame, MemoryFrameSchema } from '../generated/wire/memory.js';
import { type ReleaseFrame, ReleaseFrameSchema } from '../generated/wire/release.js';
import { type ReplyFrame, ReplyFrameSchema } from '../generated/wire/reply.js';
import { FrameError } from './frames.js';

/** What a worker says of one call. */
export type CallMessage = EventFrame | ChunkFrame | CreditFrame | ReplyFrame | FailureFrame;

/** What a worker may say. */
export type WorkerMessage = HelloFrame | ReleaseFrame | MemoryFrame | CallMessage;

const SCHEMAS = {
  hello: HelloFrameSchema,
  event: EventFrameSchema,
  chunk: ChunkFrameSchema,
  credit: CreditFrameSchema,
  reply: ReplyFrameSchema,
  failure: FailureFrameSchema,
  release: ReleaseFrameSchema,
  memory: MemoryFrameSchema,
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
