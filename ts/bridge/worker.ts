import type { Logger } from 'pino';
import { PROTOCOL } from '../generated/protocol.js';
import type { HelloFrame } from '../generated/wire/hello.js';
import type { ReplyFrame } from '../generated/wire/reply.js';
import { RequestArena } from './arena.js';
import { type CallOptions, PendingCall } from './call.js';
import { BridgeError, isErrorCode } from './errors.js';
import { encodeFrame, FrameDecoder, FrameError } from './frames.js';
import { parseMessage, type WorkerMessage } from './messages.js';
import { type Arenas, WorkerProcess } from './process.js';
import { leasedReply, ownedReply, type Reply } from './reply.js';

const HELLO_DEADLINE_MS = 30_000;

export interface WorkerOptions {
  command: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
  /** The worker's memory; undefined sends every body inline. */
  arenas: Arenas | undefined;
  /** What the worker must have compiled its schemas to. */
  schemaDigest: string;
  log: Logger;
  /** The worker has shaken hands. */
  onReady(): void;
  /** The worker takes no more calls; `startFailure` says why it never took any. */
  onGone(startFailure: BridgeError | undefined): void;
}

interface SentCall {
  call: PendingCall;
  slot: number | undefined;
  sent: { mapped: number; copied: number };
}

/** One Python process and the calls that are under way in it. */
export class Worker {
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #process: WorkerProcess;
  readonly #decoder = new FrameDecoder();
  readonly #calls = new Map<number, SentCall>();
  readonly #helloDeadline: NodeJS.Timeout;
  #requests: RequestArena | undefined;
  #replies: Uint8Array | undefined;
  #state: 'starting' | 'ready' | 'gone' = 'starting';
  #lastId = 0;
  #stopReason: string | undefined;
  #callError: BridgeError | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { command, env, arenas, log } = options;
    this.#requests = arenas && new RequestArena(arenas.request.bytes);
    this.#replies = arenas?.reply.bytes;
    this.#process = new WorkerProcess({
      command,
      env,
      arenas,
      log,
      onData: (chunk) => this.#receive(chunk),
    });
    this.#helloDeadline = setTimeout(
      () => this.stop(`no hello within ${HELLO_DEADLINE_MS / 1000} s`),
      HELLO_DEADLINE_MS,
    );
    this.ended = this.#process.ended.then((ending) => this.#end(ending));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  /** How many calls it has not answered. */
  get busy(): number {
    return this.#calls.size;
  }

  get sharedMemory(): boolean {
    return this.#requests !== undefined;
  }

  /** Sends a call. Only for a worker that is `ready`. */
  call(method: string, params: object, options: CallOptions): Promise<Reply<unknown>> {
    if (options.signal?.aborted) {
      return Promise.reject(
        new BridgeError('CANCELLED', { method }, { cause: options.signal.reason }),
      );
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const { body, inline } = options;
    const slot = body && !inline ? this.#put(body) : undefined;
    const inlineBody = slot === undefined ? body : undefined;
    try {
      this.#process.write(
        encodeFrame(
          {
            kind: 'call',
            id,
            method,
            params,
            ...(inline && { inline }),
            ...(body && {
              body:
                slot === undefined
                  ? { at: 'inline', length: body.length }
                  : { at: 'shared', offset: slot, length: body.length },
            }),
          },
          inlineBody,
        ),
      );
    } catch (error) {
      if (slot !== undefined) this.#requests?.free(slot);
      return Promise.reject(error);
    }
    const call = new PendingCall(method, options, {
      cancel: () => {
        if (this.ready) this.#process.write(encodeFrame({ kind: 'cancel', id }));
      },
      stopWorker: (reason) => this.stop(reason),
    });
    this.#calls.set(id, {
      call,
      slot,
      sent: {
        mapped: slot === undefined ? 0 : (body?.length ?? 0),
        copied: inlineBody?.length ?? 0,
      },
    });
    return call.promise;
  }

  /**
   * Ends the process in steps; it takes no more calls from now on.
   *
   * Its calls are rejected when it is gone, with `error` or else WORKER_CRASHED.
   */
  stop(reason: string, error?: BridgeError): void {
    this.#stopReason ??= reason;
    this.#callError ??= error;
    this.#process.stop();
    this.#leave(this.#stopReason);
  }

  #put(body: Uint8Array): number | undefined {
    return body.length < PROTOCOL.inlineThresholdBytes ? undefined : this.#requests?.put(body);
  }

  #receive(chunk: Buffer): void {
    if (this.#state === 'gone') return;
    try {
      for (const { header, body } of this.#decoder.push(chunk)) {
        this.#handle(parseMessage(header), body);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#stopReason = `a garbled frame (${error.message})`;
      this.#process.kill();
      this.#leave(this.#stopReason);
    }
  }

  #handle(message: WorkerMessage, body: Uint8Array): void {
    if (message.kind === 'hello') {
      this.#shakeHands(message);
      return;
    }
    const entry = this.#calls.get(message.id);
    // A thread of a method may still report progress when the method has returned.
    if (entry === undefined && message.kind === 'event') return;
    if (entry === undefined) throw new FrameError(`a ${message.kind} to no call: ${message.id}`);
    if (message.kind === 'event') {
      entry.call.event(message.event);
      return;
    }
    this.#calls.delete(message.id);
    if (entry.slot !== undefined) this.#requests?.free(entry.slot);
    if (message.kind === 'reply') {
      entry.call.succeed(this.#reply(message, body, entry.sent));
    } else {
      const { code, message: text, details = {}, traceback } = message;
      entry.call.fail(
        isErrorCode(code)
          ? new BridgeError(code, details, { message: text, pythonTraceback: traceback })
          : new BridgeError(
              'WORKER_FAILED',
              { ...details, method: entry.call.method, exception: code, message: text },
              { pythonTraceback: traceback },
            ),
      );
    }
  }

  #shakeHands(hello: HelloFrame): void {
    if (this.#state !== 'starting') throw new FrameError('a second hello');
    const expected = { protocol: PROTOCOL.version, schema_digest: this.#options.schemaDigest };
    for (const what of ['protocol', 'schema_digest'] as const) {
      if (hello[what] !== expected[what]) {
        this.stop(
          `a different ${what}`,
          new BridgeError('PROTOCOL_MISMATCH', {
            what,
            received: hello[what],
            expected: expected[what],
          }),
        );
        return;
      }
    }
    if (!hello.shared_memory) this.#requests = this.#replies = undefined;
    clearTimeout(this.#helloDeadline);
    this.#state = 'ready';
    this.#options.log.info(
      {
        event: 'worker.ready',
        worker: hello.pid,
        versions: hello.versions,
        shared: this.sharedMemory,
      },
      'a worker is ready',
    );
    this.#options.onReady();
  }

  #reply(message: ReplyFrame, inline: Uint8Array, sent: SentCall['sent']): Reply<unknown> {
    const { at, offset, length } = message.body ?? { at: 'inline', length: 0 };
    if (at === 'inline') {
      if (length !== inline.length) throw new FrameError('the body is not as long as it says');
      return ownedReply(message.value, message.body && inline, {
        path: sent.mapped > 0 ? 'shared' : 'inline',
        bytesMapped: sent.mapped,
        bytesCopied: sent.copied + length,
      });
    }
    const arena = this.#replies;
    if (arena === undefined || offset === undefined || offset + length > arena.length) {
      throw new FrameError('a body outside the arena');
    }
    return leasedReply(
      message.value,
      arena.subarray(offset, offset + length),
      { path: 'shared', bytesMapped: sent.mapped + length, bytesCopied: sent.copied },
      () => {
        if (this.ready) this.#process.write(encodeFrame({ kind: 'release', offset }));
      },
    );
  }

  /** From here on the pool has a place to fill. */
  #leave(reason: string): void {
    if (this.#state === 'gone') return;
    const started = this.#state === 'ready';
    this.#state = 'gone';
    clearTimeout(this.#helloDeadline);
    const { output } = this.#process;
    this.#options.onGone(
      started ? undefined : (this.#callError ?? startFailure(reason, output.last)),
    );
  }

  #end(ending: string): void {
    const reason = this.#stopReason ?? ending;
    const level = this.#stopReason === undefined ? 'error' : 'info';
    this.#options.log[level](
      { event: 'worker.ended', worker: this.pid, reason, output: this.#process.output.last },
      'a worker ended',
    );
    for (const { call } of this.#calls.values()) {
      call.fail(
        this.#callError ??
          new BridgeError('WORKER_CRASHED', { pid: this.pid, reason, method: call.method }),
      );
    }
    this.#calls.clear();
    this.#leave(reason);
  }
}

function startFailure(reason: string, output: string): BridgeError {
  const said = output === '' ? '' : ` Its last output:\n${output}`;
  return new BridgeError('NOT_READY', {
    reason: `The Python worker did not start: it ended with ${reason}.${said}`,
  });
}
