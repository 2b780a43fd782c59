import { messageOf } from '../errors.js';
import { Breaker } from './breaker.js';
import { BridgeError } from './errors.js';
import { Member } from './member.js';
import type { BridgeMetrics, RestartReason } from './metrics.js';
import type { PlaceSource } from './queue.js';
import type { RecycleLimits } from './recycle.js';
import type { Worker, WorkerHooks, WorkerLoss } from './worker.js';

/** To start a process holds this one up: calls that a spare has just taken over go first. */
const SPARE_WAIT_MS = 100;

export interface FleetOptions {
  /** How many workers take calls. */
  workers: number;
  /** How many more wait, warm, to take the place of one that is lost. */
  spares: number;
  /** How many calls a worker has under way at a time. */
  callsPerWorker: number;
  recycle: RecycleLimits;
  metrics?: BridgeMetrics | undefined;
  /** Starts a process. @throws Error when the system cannot. */
  start(hooks: WorkerHooks): Worker;
  /** A place may have become free, or nothing is left to wait for: see `refusal`. */
  onChange(): void;
}

/**
 * The workers of a pool, as many as there are to be.
 *
 * Those that have been ready the longest take calls, the others are spares: when one goes, the
 * next in line stands in its place at once, and a new process is started behind it. One that is
 * due for recycling goes when there is somebody to take its place.
 */
export class Fleet implements PlaceSource<Member> {
  readonly #options: FleetOptions;
  /** Workers that did not come up. Closed by a hello: what older ones answer proves nothing here. */
  readonly #starts = new Breaker();
  /** Workers that crashed. Closed by an answer. */
  readonly #crashes = new Breaker();
  readonly #restarts: Record<RestartReason, number> = { crash: 0, hang: 0, recycle: 0, start: 0 };
  /** Starting or ready, the oldest first. */
  #members: Member[] = [];
  /** Those that take calls. */
  #serving: Member[] = [];
  /** Those whose processes are still to end. */
  readonly #leaving = new Set<Member>();
  #nextStart: NodeJS.Timeout | undefined;
  /** Why no more are started: they speak another protocol, or have other schemas. */
  #unfit: BridgeError | undefined;
  #closed: BridgeError | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Starts the workers; called once. */
  open(): void {
    this.#startMissing();
  }

  /** Why a call need not wait for a place: the pool was closed, or workers do not come up. */
  get refusal(): BridgeError | undefined {
    const why = this.#closed ?? (this.isUp ? undefined : (this.#unfit ?? this.#breakerRefusal));
    return why && new BridgeError(why.code, why.params, { cause: why.cause });
  }

  get isUp(): boolean {
    return this.#serving.length > 0;
  }

  status() {
    const members = [...this.#members, ...this.#leaving];
    return {
      ready: this.#serving.length,
      spares: this.#ready().length - this.#serving.length,
      restarts: { ...this.#restarts },
      running: members.reduce((sum, { worker }) => sum + worker.busy, 0),
      sharedMemory:
        this.#members.length > 0 && this.#members.every(({ worker }) => worker.sharedMemory),
    };
  }

  /** The place of the worker with the fewest calls under way; after crashes in a row, of an idle one. */
  take(suspect: boolean): Member | undefined {
    const limit = this.#crashes.refusal === undefined ? this.#options.callsPerWorker : 1;
    let best: Member | undefined;
    for (const member of this.#serving) {
      if (suspect && member.hasSuspect) continue;
      if (member.busy < (best?.busy ?? limit)) best = member;
    }
    best?.reserve(suspect);
    return best;
  }

  /** Ends every process, and waits until they are gone. */
  async close(error: BridgeError): Promise<void> {
    this.#closed = error;
    clearTimeout(this.#nextStart);
    const members = [...this.#members, ...this.#leaving];
    for (const { worker } of members) worker.stop('the pool was closed', error);
    this.#options.onChange();
    await Promise.all(members.map(({ worker }) => worker.ended));
  }

  /** Puts workers in their places, and starts those that are missing. */
  #arrange(): void {
    if (this.#closed !== undefined) return;
    const { workers } = this.#options;
    let ready = this.#ready();
    for (const member of ready.filter(({ isDue }) => isDue)) {
      if (ready.length <= workers) break;
      ready = ready.filter((other) => other !== member);
      this.#leave(member, 'recycle');
      member.worker.retire();
    }
    const before = this.#serving;
    this.#serving = ready.slice(0, workers);
    for (const member of this.#serving) {
      if (!before.includes(member)) member.since = performance.now();
    }
    this.#startMissingSoon();
  }

  #startMissingSoon(): void {
    clearTimeout(this.#nextStart);
    if (this.#members.length >= this.#wanted()) return;
    const spareWaitMs = this.#serving.length < this.#options.workers ? 0 : SPARE_WAIT_MS;
    this.#nextStart = setTimeout(() => this.#startMissing(), Math.max(spareWaitMs, this.#waitMs));
  }

  #startMissing(): void {
    const wanted = this.#wanted();
    while (this.#members.length < wanted && this.#waitMs === 0) this.#start();
    this.#startMissingSoon();
  }

  /** How long the next start has to wait. */
  get #waitMs(): number {
    return Math.max(this.#starts.waitMs, this.#crashes.waitMs);
  }

  get #breakerRefusal(): BridgeError | undefined {
    return this.#starts.refusal ?? this.#crashes.refusal;
  }

  #wanted(): number {
    const { workers, spares } = this.#options;
    if (this.#closed !== undefined || this.#unfit !== undefined) return 0;
    // One at a time, to see whether the cause is gone.
    if (this.#breakerRefusal !== undefined) return Math.min(workers, this.#ready().length + 1);
    // Spares that started with the workers would make everyone wait longer for the first of them.
    if (this.#serving.length < workers) return workers;
    return workers + Math.max(spares, this.#serving.some(({ isDue }) => isDue) ? 1 : 0);
  }

  #start(): void {
    let worker: Worker;
    try {
      worker = this.#options.start({
        onReady: () => {
          this.#starts.succeeded();
          this.#changed();
        },
        onAnswered: () => this.#answered(member),
        onMemory: (bytes) => {
          if (member.measured(bytes)) this.#arrange();
        },
        onGone: (loss) => this.#lost(member, loss),
      });
    } catch (cause) {
      const reason = `The system cannot start a Python worker: ${messageOf(cause)}`;
      this.#starts.failed(new BridgeError('NOT_READY', { reason }, { cause }), performance.now());
      this.#count('start');
      this.#options.onChange();
      return;
    }
    const member = new Member(worker, this.#options.recycle);
    this.#members.push(member);
    worker.ended.then(() => this.#leaving.delete(member));
  }

  #answered(member: Member): void {
    if (this.#crashes.succeeded()) this.#startMissingSoon();
    if (member.answered()) this.#arrange();
    this.#options.onChange();
  }

  #lost(member: Member, { reason, error }: WorkerLoss): void {
    // One that was recycled has been replaced.
    if (!this.#members.includes(member)) return;
    if (error.code === 'PROTOCOL_MISMATCH') this.#unfit = error;
    else if (reason === 'start') this.#starts.failed(error, member.since);
    else if (reason === 'crash') this.#crashes.failed(error, member.since);
    this.#leave(member, reason);
    this.#changed();
  }

  /** The member has no place any more; its process may take its time to end. */
  #leave(member: Member, reason: RestartReason): void {
    const isOther = (other: Member): boolean => other !== member;
    this.#members = this.#members.filter(isOther);
    this.#serving = this.#serving.filter(isOther);
    this.#leaving.add(member);
    if (this.#closed === undefined && this.#unfit === undefined) this.#count(reason);
  }

  #changed(): void {
    this.#arrange();
    this.#options.onChange();
  }

  #count(reason: RestartReason): void {
    this.#restarts[reason] += 1;
    this.#options.metrics?.workerEnded({ reason });
  }

  #ready(): Member[] {
    return this.#members.filter(({ worker }) => worker.ready);
  }
}
