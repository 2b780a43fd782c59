import { EventEmitter, once } from 'node:events';

/** Tells those who wait for a job that it has come to its end. */
export class JobEnds {
  readonly #ends = new EventEmitter().setMaxListeners(0);

  announce(jobId: string): void {
    this.#ends.emit(eventOf(jobId));
  }

  /** Resolves when the job ends, or at once when `signal` is aborted. */
  async wait(jobId: string, signal: AbortSignal): Promise<void> {
    await once(this.#ends, eventOf(jobId), { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** A prefix, as an EventEmitter throws on an event that is called `error`, a legal job id. */
function eventOf(jobId: string): string {
  return `end:${jobId}`;
}
