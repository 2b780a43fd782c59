import type { HelloFrame } from '../generated/wire/hello.js';
import { Bodies } from './bodies.js';
import type { CallOptions, Deadline } from './call.js';
import { Calls } from './calls.js';
import type { Credit } from './credits.js';
import { BridgeError } from './errors.js';
import { encodeFrame, FrameDecoder, FrameError } from './frames.js';
import { mismatchOf } from './hello.js';
import { parseMessage, type WorkerMessage } from './messages.js';
import { WorkerProcess } from './process.js';
import type { Reply } from './reply.js';
import type { ReceivedChunks, StreamOptions } from './stream.js';
import type { WorkerOptions } from './worker-options.js';

export type { WorkerHooks, WorkerLoss, WorkerOptions } from './worker-options.js';

const HELLO_DEADLINE_MS = 30_000;

/** One Python process and the calls that are under way in it. */
export class Worker {
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #process: WorkerProcess;
  readonly #decoder = new FrameDecoder();
  readonly #bodies: Bodies;
  readonly #calls: Calls;
  readonly #helloDeadline: NodeJS.Timeout;
  #state: 'starting' | 'ready' | 'retiring' | 'gone' = 'starting';
  #retrySafe: ReadonlySet<string> = new Set();
  #stopReason: string | undefined;
  #callError: BridgeError | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { command, env, arenas, credits, creditWaitMs, log } = options;
    this.#bodies = new Bodies(arenas, credits, options.onRefusal);
    this.#calls = new Calls(this.#bodies, credits, creditWaitMs, {
      write: (message, of, body) => this.#write(message, of, body),
      release: (offset, generation) =>
        this.#write({ kind: 'release', offset, generation }, 'a release'),
      stop: (reason) => this.#stop(reason, 'hang'),
    });
    this.#process = new WorkerProcess({
      command,
      env,
      arenas,
      log,
      onData: (chunk) => this.#receive(chunk),
    });
    this.#helloDeadline = setTimeout(
      () => this.#stop(`no hello within ${HELLO_DEADLINE_MS / 1000} s`, 'hang'),
      HELLO_DEADLINE_MS,
    );
    this.ended = this.#process.ended.then((ending) => this.#end(ending));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it takes calls. */
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

  /** Whether Python declared that a call may run again when its worker is lost. */
  retrySafe(method: string, params: { readonly name?: unknown }): boolean {
    const isFunction = method === 'call_function';
    return this.#retrySafe.has(isFunction ? `${method}:${params.name}` : method);
  }

  /**
   * Sends a call. Only for a worker that is `ready`.
   *
   * @param deadline - When the call's time is over, counted from when it was made.
   * @param credit - What was taken for the body; given back by the worker, whatever happens.
   */
  call(
    method: string,
    params: object,
    options: CallOptions,
    deadline: Deadline | undefined,
    credit: Credit | undefined,
  ): Promise<Reply<unknown>> {
    return this.#calls.start({ method, params, options, deadline, credit, chunks: undefined });
  }

  /** Sends a call whose output goes to `chunks`; else as `call`. */
  stream(
    method: string,
    params: object,
    options: StreamOptions,
    chunks: ReceivedChunks,
    deadline: Deadline | undefined,
    credit: Credit | undefined,
  ): Promise<Reply<unknown>> {
    return this.#calls.start({ method, params, options, deadline, credit, chunks });
  }

  /** Takes no more calls from now on, answers those that it has, and ends. */
  retire(): void {
    if (this.#state !== 'ready') return;
    this.#state = 'retiring';
    this.#leaveWhenIdle();
  }

  /**
   * Ends the process in steps; it takes no more calls from now on.
   *
   * Its calls are rejected when it is gone, with `error` or else WORKER_CRASHED.
   */
  stop(reason: string, error?: BridgeError): void {
    this.#callError ??= error;
    this.#stop(reason, 'crash');
  }

  #stop(reason: string, kind: 'crash' | 'hang'): void {
    this.#stopReason ??= reason;
    this.#process.stop();
    this.#leave(this.#stopReason, kind);
  }

  /** What comes too late for a worker that is gone is of no use to anybody. */
  #write(message: object, of: string, body?: Uint8Array): void {
    if (this.#state === 'ready' || this.#state === 'retiring') {
      this.#process.write(encodeFrame(message, of, body));
    }
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
      this.#leave(this.#stopReason, 'crash');
    }
  }

  #handle(message: WorkerMessage, body: Uint8Array): void {
    switch (message.kind) {
      case 'hello':
        this.#shakeHands(message);
        break;
      case 'release':
        this.#bodies.released(message.offset, message.generation);
        break;
      case 'memory':
        this.#options.onMemory(message.anonymous_bytes);
        break;
      default:
        if (!this.#calls.receive(message, body)) return;
        this.#options.onAnswered();
        this.#leaveWhenIdle();
    }
  }

  #shakeHands(hello: HelloFrame): void {
    if (this.#state !== 'starting') throw new FrameError('a second hello');
    const mismatch = mismatchOf(hello, this.#options.schemaDigest);
    if (mismatch !== undefined) {
      this.stop(`a different ${mismatch.params.what}`, mismatch);
      return;
    }
    if (!hello.shared_memory) this.#bodies.withoutArenas();
    this.#retrySafe = new Set(hello.retry_safe);
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

  #leaveWhenIdle(): void {
    if (this.#state !== 'retiring' || this.#calls.size > 0) return;
    this.#stopReason ??= 'it was retired';
    this.#process.stop();
  }

  /** From here on the pool has a place to fill. */
  #leave(reason: string, kind: 'crash' | 'hang'): void {
    const before = this.#state;
    if (before === 'gone') return;
    this.#state = 'gone';
    clearTimeout(this.#helloDeadline);
    if (before === 'retiring') return;
    const isStart = before === 'starting';
    const what = isStart ? 'did not start' : 'ended';
    this.#options.onGone({
      reason: isStart ? 'start' : kind,
      error: this.#callError ?? notReady(what, reason, this.#process.output.last),
    });
  }

  #end(ending: string): void {
    const reason = this.#stopReason ?? ending;
    const isPlanned = this.#callError !== undefined || this.#state === 'retiring';
    this.#options.log[isPlanned ? 'info' : 'warn'](
      { event: 'worker.ended', worker: this.pid, reason, output: this.#process.output.last },
      'a worker ended',
    );
    this.#calls.end(({ method }) =>
      // Each call's error shows its own caller.
      this.#callError === undefined
        ? new BridgeError('WORKER_CRASHED', { pid: this.pid, reason, method })
        : new BridgeError(this.#callError.code, this.#callError.params),
    );
    this.#bodies.close();
    this.#leave(reason, 'crash');
  }
}

function notReady(what: string, reason: string, output: string): BridgeError {
  const said = output === '' ? '' : ` Its last output:\n${output}`;
  return new BridgeError('NOT_READY', {
    reason: `The Python worker ${what}: ${reason}.${said}`,
  });
}
