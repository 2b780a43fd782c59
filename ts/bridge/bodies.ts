import { PROTOCOL } from '../generated/protocol.js';
import type { ReplyFrame } from '../generated/wire/reply.js';
import { RequestArena } from './arena.js';
import { FrameError } from './frames.js';
import type { Arenas } from './process.js';
import { leasedReply, ownedReply, type Reply } from './reply.js';

/** Where a body lies, as the header of its frame says it. */
type BodyPlace = NonNullable<ReplyFrame['body']>;

/** A call's body on its way to the worker. */
export interface SentBody {
  place: BodyPlace | undefined;
  /** What must follow the header through the pipe. */
  inline: Uint8Array | undefined;
}

/** Puts the bodies of one worker's calls into its arenas, and takes those of its replies out. */
export class Bodies {
  #requests: RequestArena | undefined;
  #replies: Uint8Array | undefined;

  constructor(arenas: Arenas | undefined) {
    this.#requests = arenas && new RequestArena(arenas.request.bytes);
    this.#replies = arenas?.reply.bytes;
  }

  /** Whether large bodies go through shared memory. */
  get shared(): boolean {
    return this.#requests !== undefined;
  }

  /** Sends everything inline from now on: the worker could not map the arenas. */
  withoutArenas(): void {
    this.#requests = undefined;
    this.#replies = undefined;
  }

  /** Places a body: in the arena when it is large and there is room, else behind the header. */
  send(body: Uint8Array | undefined, inline: boolean): SentBody {
    if (body === undefined) return { place: undefined, inline: undefined };
    const { length } = body;
    const offset =
      inline || length < PROTOCOL.inlineThresholdBytes ? undefined : this.#requests?.put(body);
    return offset === undefined
      ? { place: { at: 'inline', length }, inline: body }
      : { place: { at: 'shared', offset, length }, inline: undefined };
  }

  /** The call is answered, so the worker no longer reads its body. */
  free({ place }: SentBody): void {
    if (place?.offset !== undefined) this.#requests?.free(place.offset);
  }

  /**
   * The reply with its body where it lies.
   *
   * @param release - Tells the worker that the slot at an offset is free again.
   * @throws FrameError when the body is not where the header says.
   */
  receive(
    { value, body: place }: ReplyFrame,
    inline: Uint8Array,
    sent: SentBody,
    release: (offset: number) => void,
  ): Reply<unknown> {
    const mapped = sent.inline === undefined ? (sent.place?.length ?? 0) : 0;
    const copied = sent.inline?.length ?? 0;
    if (place?.at === 'shared') {
      const { offset, length } = place;
      const arena = this.#replies;
      if (arena === undefined || offset === undefined || offset + length > arena.length) {
        throw new FrameError('a body outside the arena');
      }
      return leasedReply(
        value,
        arena.subarray(offset, offset + length),
        { path: 'shared', bytesMapped: mapped + length, bytesCopied: copied },
        () => release(offset),
      );
    }
    if (inline.length !== (place?.length ?? 0)) {
      throw new FrameError('the body is not as long as its header says');
    }
    return ownedReply(value, place && inline, {
      path: mapped > 0 ? 'shared' : 'inline',
      bytesMapped: mapped,
      bytesCopied: copied + inline.length,
    });
  }
}
