import type { Logger } from 'pino';
import { isErrorCode } from '../errors.js';
import { PROTOCOL } from '../generated/protocol.js';
import type { CancelFrame } from '../generated/wire/cancel.js';
import type { FailureFrame } from '../generated/wire/failure.js';
import type { HelloFrame } from '../generated/wire/hello.js';
import type { ReleaseFrame } from '../generated/wire/release.js';
import { Bodies, type SentBody } from './bodies.js';
import { type CallOptions, PendingCall } from './call.js';
import { BridgeError } from './errors.js';
import { encodeFrame, FrameDecoder, FrameError } from './frames.js';
import { parseMessage, type WorkerMessage } from './messages.js';
import { type Arenas, WorkerProcess } from './process.js';
import type { Reply } from './reply.js';

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
  /** It has answered a call, and may take another in its place. */
  onAnswered(): void;
  /** The worker takes no more calls; `startFailure` says why it never took any. */
  onGone(startFailure: BridgeError | undefined): void;
}

interface SentCall {
  call: PendingCall;
  sent: SentBody;
}

/** One Python process and the calls that are under way in it. */
export class Worker {
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #process: WorkerProcess;
  readonly #decoder = new FrameDecoder();
  readonly #bodies: Bodies;
  readonly #calls = new Map<number, SentCall>();
  readonly #helloDeadline: NodeJS.Timeout;
  #state: 'starting' | 'ready' | 'gone' = 'starting';
  #lastId = 0;
  #stopReason: string | undefined;
  #callError: BridgeError | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { command, env, arenas, log } = options;
    this.#bodies = new Bodies(arenas);
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
    return this.#bodies.shared;
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
    const { body, inline = false } = options;
    const sent = this.#bodies.send(body, inline);
    try {
      const header = { kind: 'call', id, method, params };
      this.#process.write(
        encodeFrame(
          { ...header, ...(inline && { inline }), ...(sent.place && { body: sent.place }) },
          sent.inline,
        ),
      );
    } catch (error) {
      this.#bodies.free(sent);
      return Promise.reject(error);
    }
    const call = new PendingCall(method, options, {
      cancel: () => this.#tell({ kind: 'cancel', id }),
      stopWorker: (reason) => this.stop(reason),
    });
    this.#calls.set(id, { call, sent });
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

  /** Sends a frame that has no answer; one that comes too late is of no use to anybody. */
  #tell(message: CancelFrame | ReleaseFrame): void {
    if (this.ready) this.#process.write(encodeFrame(message));
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
    // A reply whose body is not where it says leaves the call to be rejected with the worker's end.
    const outcome =
      message.kind === 'reply'
        ? this.#bodies.receive(message, body, entry.sent, (offset) =>
            this.#tell({ kind: 'release', offset }),
          )
        : failureOf(message, entry.call.method);
    this.#calls.delete(message.id);
    this.#bodies.free(entry.sent);
    if (outcome instanceof BridgeError) entry.call.fail(outcome);
    else entry.call.succeed(outcome);
    this.#options.onAnswered();
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
    if (!hello.shared_memory) this.#bodies.withoutArenas();
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
    const level = this.#callError === undefined ? 'warn' : 'info';
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

function failureOf(failure: FailureFrame, method: string): BridgeError {
  const { code, message, details = {}, traceback } = failure;
  if (isErrorCode(code)) {
    return new BridgeError(code, details, { message, pythonTraceback: traceback });
  }
  const params = { ...details, method, exception: code, message };
  return new BridgeError('WORKER_FAILED', params, { pythonTraceback: traceback });
}

function startFailure(reason: string, output: string): BridgeError {
  const said = output === '' ? '' : ` Its last output:\n${output}`;
  return new BridgeError('NOT_READY', {
    reason: `The Python worker did not start: ${reason}.${said}`,
  });
}
