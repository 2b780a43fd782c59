import type { CallFrame } from '../generated/wire/call.js';
import type { CancelFrame } from '../generated/wire/cancel.js';
import type { ChunkFrame } from '../generated/wire/chunk.js';
import type { CreditFrame } from '../generated/wire/credit.js';
import type { EndFrame } from '../generated/wire/end.js';
import type { Bodies, BodyPlace, ReceivedBody, SentBody } from './bodies.js';
import { capacityOf } from './body.js';
import { type CallOptions, PendingCall } from './call.js';
import { callName } from './call-name.js';
import type { MemoryCredits } from './credits.js';
import { BridgeError } from './errors.js';
import { failureOf } from './failure.js';
import { FrameError } from './frames.js';
import { type InputIterator, InputPump, iteratorOf } from './input.js';
import type { CallMessage } from './messages.js';
import { callHeader, type NewCall } from './new-call.js';
import { type Reply, replyOf, sumOf, type Transfer, transferOf } from './reply.js';
import { BodyCorruptError } from './slot.js';
import type { ReceivedChunks } from './stream.js';

/** What Node says of one call. */
type NodeMessage = CallFrame | CancelFrame | ChunkFrame | CreditFrame | EndFrame;

/** What the calls need of their worker. */
export interface CallsLink {
  /** @throws BridgeError PAYLOAD_TOO_LARGE, or INVALID_REQUEST for what is not JSON; of the call `of`. */
  write(message: NodeMessage, of: string, body?: Uint8Array): void;
  /** Gives a slot of the worker's arena back. */
  release(offset: number, generation: number): void;
  stop(reason: string): void;
}

interface Running {
  readonly call: PendingCall;
  readonly sent: SentBody;
  readonly refersToBody: CallOptions['refersToBody'];
  readonly chunks: ReceivedChunks | undefined;
  input: InputPump | undefined;
  /** How the bodies of the call have crossed so far. */
  transfer: Transfer;
}

/** The calls that are under way in one worker. */
export class Calls {
  readonly #bodies: Bodies;
  readonly #credits: MemoryCredits;
  readonly #creditWaitMs: number;
  readonly #link: CallsLink;
  // Not a Map: tables that it has outgrown keep each other, and thus every call's state, from being
  // collected young once one of them is old, which makes collections long and frequent.
  readonly #running: Record<number, Running> = Object.create(null);
  #size = 0;
  #lastId = 0;

  /** @param creditWaitMs - How long a chunk of input may wait for memory. */
  constructor(bodies: Bodies, credits: MemoryCredits, creditWaitMs: number, link: CallsLink) {
    this.#bodies = bodies;
    this.#credits = credits;
    this.#creditWaitMs = creditWaitMs;
    this.#link = link;
  }

  /** How many are not answered. */
  get size(): number {
    return this.#size;
  }

  /** Sends a call; takes over its credit. */
  start(request: NewCall): Promise<Reply<unknown>> {
    try {
      return this.#send(request);
    } catch (error) {
      request.credit?.give();
      return Promise.reject(error);
    }
  }

  #send(request: NewCall): Promise<Reply<unknown>> {
    const { options, credit, deadline, chunks } = request;
    const method = callName(request.method, request.params);
    const { signal, body, refersToBody, inline = false, input } = options;
    if (signal?.aborted) throw new BridgeError('CANCELLED', { method }, { cause: signal.reason });
    const leftMs = deadline && deadline.at - performance.now();
    if (deadline !== undefined && leftMs !== undefined && leftMs <= 0) {
      throw new BridgeError('WORKER_TIMEOUT', { method, seconds: deadline.timeoutMs / 1000 });
    }
    // Before the worker knows of the call: what is no input throws here.
    const chunksIn = input && iteratorOf(input);
    this.#lastId += 1;
    const id = this.#lastId;
    const sent = this.#bodies.send(body, credit, inline, method);
    try {
      this.#link.write(callHeader(id, request, leftMs, sent.place), method, sent.inline);
    } catch (error) {
      this.#bodies.takeBack(sent);
      throw error;
    }
    const call = new PendingCall(method, options, deadline, {
      cancel: () => {
        running.input?.stop();
        this.#link.write({ kind: 'cancel', id }, method);
      },
      stopWorker: (reason) => this.#link.stop(reason),
      waitsForCaller: () => (chunks?.owed || running.input?.owes) ?? false,
    });
    const transfer = transferOf(sent, undefined);
    const running: Running = { call, sent, refersToBody, chunks, input: undefined, transfer };
    this.#running[id] = running;
    this.#size += 1;
    if (chunks !== undefined) {
      chunks.grant = (count) => {
        call.progressed();
        if (id in this.#running) this.#link.write({ kind: 'credit', id, chunks: count }, method);
      };
    }
    if (chunksIn !== undefined) this.#pump(id, running, chunksIn, inline);
    return call.promise;
  }

  /**
   * Takes in what the worker says of a call.
   *
   * @returns Whether the call is answered with it.
   * @throws FrameError when that cannot be right.
   */
  receive(message: CallMessage, body: Uint8Array): boolean {
    const running = this.#running[message.id];
    if (running === undefined) {
      // A thread of a method may still report progress, or read input, when it has returned.
      if (message.kind === 'event' || message.kind === 'credit') return false;
      throw new FrameError(`a ${message.kind} to no call: ${message.id}`);
    }
    const { call } = running;
    switch (message.kind) {
      case 'event':
        call.event(message.event);
        return false;
      case 'credit':
        call.progressed();
        running.input?.grant(message.chunks);
        return false;
      case 'chunk':
        call.progressed();
        this.#receiveChunk(running, message, body);
        return false;
      case 'reply': {
        const { sent, refersToBody } = running;
        const received = this.#receiveBody(running, message.body, body);
        const kept = refersToBody?.(message.value) ? this.#bodies.keep(sent) : undefined;
        this.#settle(message.id, running);
        if (received instanceof BridgeError) {
          kept?.release();
          call.fail(received);
        } else {
          call.succeed(replyOf(message.value, received, kept, running.transfer));
        }
        return true;
      }
      case 'failure': {
        const inputFailure = running.input?.failure;
        this.#settle(message.id, running);
        call.fail(failureOf(message, call.method, inputFailure));
        return true;
      }
    }
  }

  /** The worker is gone: every call fails, each with an error of its own. */
  end(errorOf: (call: PendingCall) => BridgeError): void {
    for (const [id, running] of Object.entries(this.#running)) {
      this.#settle(Number(id), running);
      running.call.fail(errorOf(running.call));
    }
  }

  #settle(id: number, { sent, input }: Running): void {
    delete this.#running[id];
    this.#size -= 1;
    this.#bodies.settle(sent);
    input?.stop();
  }

  #receiveChunk(running: Running, { value, body: place }: ChunkFrame, inline: Uint8Array): void {
    const { call, chunks } = running;
    if (chunks === undefined) throw new FrameError('a chunk of a call that is no stream');
    const received = this.#receiveBody(running, place, inline);
    if (received instanceof BridgeError) {
      call.interrupt(received);
    } else if (call.abandoned) {
      received.release();
    } else {
      const { bytes: body, release } = received;
      chunks.push({ value, body, transfer: transferOf(undefined, received), release });
    }
  }

  /** A body, counted; or the error that the call ends with when the body is not to be used. */
  #receiveBody(
    running: Running,
    place: BodyPlace | undefined,
    inline: Uint8Array,
  ): ReceivedBody | BridgeError {
    try {
      const received = this.#bodies.receive(place, inline, this.#link.release);
      running.transfer = sumOf(running.transfer, transferOf(undefined, received));
      return received;
    } catch (error) {
      if (!(error instanceof BodyCorruptError)) throw error;
      const params = { method: running.call.method, reason: error.message };
      return new BridgeError('BODY_CORRUPT', params, { cause: error });
    }
  }

  #pump(id: number, running: Running, input: InputIterator, inline: boolean): void {
    const { call } = running;
    running.input = new InputPump(input, {
      reserve: (body, signal) =>
        this.#credits.take(capacityOf(body), {
          method: call.method,
          signal,
          waitMs: this.#creditWaitMs,
        }),
      send: ({ value, body }, credit) => {
        const sent = this.#bodies.send(body, credit, inline, call.method);
        const { place } = sent;
        try {
          const header = { kind: 'chunk', id, ...(value !== undefined && { value }) } as const;
          this.#link.write({ ...header, ...(place && { body: place }) }, call.method, sent.inline);
        } catch (error) {
          this.#bodies.takeBack(sent);
          throw error;
        }
        call.progressed();
        running.transfer = sumOf(running.transfer, transferOf(sent, undefined));
        return sent;
      },
      settle: (sent) => this.#bodies.settle(sent),
      end: (error) => {
        call.progressed();
        this.#link.write({ kind: 'end', id, ...(error && { error }) }, call.method);
      },
    });
    running.input.run();
  }
}
