import { type ChildProcess, spawn } from 'node:child_process';
import type { Logger } from 'pino';
import type { SharedMemory } from './memory.js';
import { OutputLines } from './output.js';

const INTERRUPT_AFTER_MS = 500;
const KILL_AFTER_MS = 2000;
/** How long the pipes of a process that has ended may stay open, held by one that left its group. */
const DRAIN_MS = 200;

export interface Arenas {
  request: SharedMemory;
  reply: SharedMemory;
}

export interface ProcessOptions {
  /** The program and its arguments. */
  command: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
  arenas: Arenas | undefined;
  log: Logger;
  onData(chunk: Buffer): void;
}

/**
 * The operating system's side of a worker: spawned in a session of its own (a terminal's Ctrl-C is
 * Node's to handle), its output logged, stopped in steps.
 */
export class WorkerProcess {
  /** Settles when the process is gone and its pipes are read to their end, with how it ended. */
  readonly ended: Promise<string>;
  readonly output: OutputLines;
  readonly #child: ChildProcess;
  #running = true;
  #interrupt: NodeJS.Timeout | undefined;
  #kill: NodeJS.Timeout | undefined;

  constructor({ command, env, arenas, log, onData }: ProcessOptions) {
    const [program, ...args] = command;
    this.#child = spawn(program, args, {
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', arenas?.request.fd ?? 'ignore', arenas?.reply.fd ?? 'ignore'],
    });
    const { pid, stdin, stdout, stderr } = this.#child;
    this.output = new OutputLines(
      (line) =>
        log.info({ event: 'worker.output', worker: pid, line }, 'the worker printed a line'),
      (lines) =>
        log.warn(
          { event: 'worker.output_dropped', worker: pid, lines },
          'the worker prints too much',
        ),
    );
    // A broken pipe is the end of the process, which is told by its own event.
    for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
    stdout?.on('data', onData);
    stderr?.on('data', (chunk: Buffer) => this.output.push(chunk));
    this.ended = this.#untilEnded();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  write(chunks: readonly Uint8Array[]): void {
    const { stdin } = this.#child;
    // A header and its body leave in one system call.
    const isSeveral = chunks.length > 1;
    if (isSeveral) stdin?.cork();
    for (const chunk of chunks) stdin?.write(chunk);
    if (isSeveral) stdin?.uncork();
  }

  /** Closes stdin, on which a sound worker leaves at once; then SIGINT; after 2 s SIGKILL. */
  stop(): void {
    if (!this.#running) return;
    this.#child.stdin?.destroy();
    this.#interrupt ??= setTimeout(() => this.#child.kill('SIGINT'), INTERRUPT_AFTER_MS);
    this.#kill ??= setTimeout(() => this.kill(), KILL_AFTER_MS);
  }

  /** Ends the worker and its own children now. */
  kill(): void {
    if (this.#running) this.#killGroup();
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }

  async #untilEnded(): Promise<string> {
    const ending = await new Promise<string>((resolve) => {
      let drain: NodeJS.Timeout | undefined;
      let how = 'an unknown end';
      const finish = (): void => {
        clearTimeout(drain);
        resolve(how);
      };
      this.#child.on('error', (error) => {
        this.#running = false;
        how = error.message;
        finish();
      });
      this.#child.once('exit', (code, signal) => {
        this.#running = false;
        how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        // Children of the worker would outlive it, and hold its pipes open.
        this.#killGroup();
        drain = setTimeout(finish, DRAIN_MS);
      });
      this.#child.once('close', finish);
    });
    clearTimeout(this.#interrupt);
    clearTimeout(this.#kill);
    // There are none when the system had no descriptor left for them.
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
    this.output.end();
    return ending;
  }
}
