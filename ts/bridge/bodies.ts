import { PROTOCOL } from '../generated/protocol.js';
import type { ReplyFrame } from '../generated/wire/reply.js';
import { RequestArena } from './arena.js';
import { type Body, bytesOf, capacityOf } from './body.js';
import type { Credit, MemoryCredits } from './credits.js';
import { BridgeError } from './errors.js';
import { FrameError } from './frames.js';
import { lease } from './lease.js';
import type { SharedMemory } from './memory.js';
import type { Arenas } from './process.js';
import { BodyCorruptError, openSlot, type Slot, slotRange } from './slot.js';
import { IN_PIECES, tooLarge } from './too-large.js';

/** Where a body lies, as the header of its frame says it. */
export type BodyPlace = NonNullable<ReplyFrame['body']>;

/** A body on its way to the worker. */
export interface SentBody {
  readonly place: BodyPlace | undefined;
  /** What must follow the header through the pipe. */
  readonly inline: Uint8Array | undefined;
  /** What `settle` gives back. */
  readonly credit: Credit | undefined;
}

/** A body of the worker's. */
export interface ReceivedBody {
  readonly bytes: Uint8Array | undefined;
  readonly path: 'shared' | 'inline';
  /** Bytes that are read where the worker wrote them. */
  readonly mapped: number;
  /** Bytes that came through the pipe. */
  readonly copied: number;
  /** Gives the slot back, once; `bytes` must not be touched afterwards. */
  release(): void;
}

/** A body that was sent, kept here as well. */
export interface KeptBody {
  readonly bytes: Uint8Array;
  /** Lets it go, once; `bytes` must not be touched afterwards. */
  release(): void;
}

/** A slot that the worker or this process still reads; that of neither is free. */
interface HeldSlot {
  readonly arena: RequestArena;
  readonly place: Slot;
  readonly credit: Credit | undefined;
  isWorkers: boolean;
  isKept: boolean;
}

const NO_BODY: SentBody = { place: undefined, inline: undefined, credit: undefined };

/** Puts the bodies for one worker into its request arena, and takes those of its answers out. */
export class Bodies {
  readonly #held = new Map<number, HeldSlot>();
  readonly #onRefusal: (reason: string) => void;
  #requests: RequestArena | undefined;
  #replies: SharedMemory | undefined;

  /** @param onRefusal - Told why a large body finds no room in shared memory that is there. */
  constructor(
    arenas: Arenas | undefined,
    credits: MemoryCredits,
    onRefusal: (reason: string) => void,
  ) {
    this.#onRefusal = onRefusal;
    this.#requests = arenas && new RequestArena(arenas.request, credits.blocks);
    this.#replies = arenas?.reply;
  }

  /** Whether large bodies go through shared memory. */
  get shared(): boolean {
    return this.#requests !== undefined;
  }

  /** Sends everything inline from now on: the worker could not map the arenas. */
  withoutArenas(): void {
    this.#requests?.close();
    this.#requests = undefined;
    this.#replies = undefined;
  }

  /**
   * Writes a body into a slot when it is large and there is room, else into memory of its own that
   * is to follow the header. Takes over `credit`, also when it throws.
   *
   * @param of - What errors call its call.
   * @throws BridgeError PAYLOAD_TOO_LARGE when a body is longer than any slot and any frame,
   *   OVERLOADED when only the pipe is left and it is longer than a frame; what `body.write` throws.
   */
  send(body: Body | undefined, credit: Credit | undefined, inline: boolean, of: string): SentBody {
    try {
      if (body === undefined) {
        credit?.give();
        return NO_BODY;
      }
      const shared = !inline && capacityOf(body) >= PROTOCOL.inlineThresholdBytes;
      return (shared ? this.#share(body, credit) : undefined) ?? this.#inline(body, credit, of);
    } catch (error) {
      credit?.give();
      throw error;
    }
  }

  /** The call or chunk is settled. A shared body keeps slot and credit until its readers are done. */
  settle({ credit }: SentBody): void {
    credit?.give();
  }

  /** The frame of a body never went out, so the worker will not give its slot back. */
  takeBack(sent: SentBody): void {
    const { offset, generation } = sent.place ?? {};
    if (offset !== undefined && generation !== undefined) this.released(offset, generation);
    this.settle(sent);
  }

  /**
   * The worker gives a slot back.
   *
   * @throws FrameError when it does not hold that slot.
   */
  released(offset: number, generation: number): void {
    const held = this.#heldByWorker(offset, generation);
    if (held === undefined) {
      throw new FrameError(`a release of no slot: ${offset}, generation ${generation}`);
    }
    held.isWorkers = false;
    this.#freeUnread(held);
  }

  /**
   * Keeps a body that was sent, beyond its call and its worker; its slot and its credit stay until
   * it is let go, or collected.
   *
   * @throws FrameError when the worker has given its slot back already.
   */
  keep({ place, inline }: SentBody): KeptBody {
    if (place?.at !== 'shared') return { bytes: inline ?? new Uint8Array(0), release: () => {} };
    const { offset, generation } = place;
    const held = this.#heldByWorker(offset, generation);
    if (held === undefined) {
      throw new FrameError(`what is to be kept was given back before: ${offset}`);
    }
    held.isKept = true;
    const bytes = held.arena.bodyOf(held.place);
    const free = (): void => {
      held.isKept = false;
      this.#freeUnread(held);
    };
    return { bytes, release: lease(bytes, free) };
  }

  /**
   * A body of the worker's, where it lies.
   *
   * @param release - Tells the worker that a slot of its arena is free again.
   * @throws FrameError when the body is not where its frame says; BodyCorruptError when it is not
   *   what its frame says, after which its slot has been released.
   */
  receive(
    place: BodyPlace | undefined,
    inline: Uint8Array,
    release: (offset: number, generation: number) => void,
  ): ReceivedBody {
    if (place?.at !== 'shared') {
      if (inline.length !== (place?.length ?? 0)) {
        throw new FrameError('the body is not as long as its header says');
      }
      const bytes = place && inline;
      return { bytes, path: 'inline', mapped: 0, copied: inline.length, release: () => {} };
    }
    const { offset, length, generation } = place;
    if (this.#replies === undefined || offset === undefined || generation === undefined) {
      throw new FrameError('a body in an arena that there is not');
    }
    const free = (): void => release(offset, generation);
    try {
      const bytes = openSlot(this.#replies.bytes, { offset, length, generation });
      return { bytes, path: 'shared', mapped: length, copied: 0, release: lease(bytes, free) };
    } catch (error) {
      if (error instanceof BodyCorruptError) free();
      throw error;
    }
  }

  /** The worker is gone: what it held is free. Bodies that are still read here stay. */
  close(): void {
    for (const held of this.#held.values()) {
      held.isWorkers = false;
      this.#freeUnread(held);
    }
    this.withoutArenas();
  }

  #heldByWorker(offset = 0, generation = 0): HeldSlot | undefined {
    const held = this.#held.get(offset);
    return held?.isWorkers && held.place.generation === generation ? held : undefined;
  }

  #freeUnread({ arena, place, credit, isWorkers, isKept }: HeldSlot): void {
    if (isWorkers || isKept) return;
    this.#held.delete(place.offset);
    arena.free(place.offset);
    credit?.give();
  }

  #share(body: Body, credit: Credit | undefined): SentBody | undefined {
    const arena = this.#requests;
    const place = arena?.put(body);
    if (arena === undefined || place === undefined) {
      if (arena?.refusal !== undefined) this.#onRefusal(arena.refusal);
      return undefined;
    }
    credit?.resize(place.length);
    this.#held.set(place.offset, { arena, place, credit, isWorkers: true, isKept: false });
    return { place: { at: 'shared', ...place }, inline: undefined, credit: undefined };
  }

  #inline(body: Body, credit: Credit | undefined, of: string): SentBody {
    const bytes = capacityOf(body);
    const limit = PROTOCOL.maxInlineBodyBytes;
    if (body instanceof Uint8Array && bytes > limit) throw this.#noRoom(bytes, of);
    const inline = bytesOf(body);
    if (inline.length > limit) throw this.#noRoom(inline.length, of);
    credit?.resize(inline.length);
    return { place: { at: 'inline', length: inline.length }, inline, credit };
  }

  #noRoom(bytes: number, of: string): BridgeError {
    const largest = slotRange(PROTOCOL.arenaBytes).length - PROTOCOL.slotHeaderBytes;
    if (this.#requests === undefined || bytes > largest) {
      const limit = this.#requests === undefined ? PROTOCOL.maxInlineBodyBytes : largest;
      return tooLarge(`The body of ${of}`, bytes, limit, IN_PIECES);
    }
    return new BridgeError('OVERLOADED', {
      reason:
        `The body of ${of} (${bytes} bytes) found no room in shared memory (${this.#requests.refusal}) ` +
        'and is too large for the pipe. Send less at once, or try again later.',
    });
  }
}
