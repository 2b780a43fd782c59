import { Presets, SingleBar } from 'cli-progress';
import type { Job } from '../jobs/resource.js';

const WHOLE = 1_000;

/** A progress bar on stderr; nothing where stderr is not a terminal. */
export class JobBar implements Disposable {
  readonly #bar: SingleBar | undefined;

  constructor() {
    if (!process.stderr.isTTY) return;
    this.#bar = new SingleBar(
      {
        format: '{stage} {bar} {percentage}% | {rows} rows | {eta_s}',
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
      },
      Presets.shades_classic,
    );
    this.#bar.start(WHOLE, 0, { stage: 'queued', rows: 0, eta_s: '' });
  }

  show({ state, stage, progress }: Job): void {
    const { ratio, rows_read, eta_s } = progress;
    this.#bar?.update(Math.round((ratio ?? 0) * WHOLE), {
      stage: (stage ?? state).padEnd(9),
      rows: rows_read,
      eta_s: eta_s === null ? '' : `${Math.ceil(eta_s)} s left`,
    });
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }
}
