import { EtlError } from '../../errors.js';
import type { Counts, Output } from '../../jobs/resource.js';
import type { Step } from '../../jobs/transformations.js';
import type { DeadLetters } from '../chunks/dead-letters.js';
import type { FlowCounts } from '../chunks/flow.js';
import type { CallLimits } from '../deadline.js';
import {
  type EngineResult,
  type Publication,
  type PublicationParts,
  publishSaved,
} from './publication.js';

/** What a pipeline has published. */
export interface Published extends Pick<Output, 'path' | 'rows' | 'bytes' | 'sha256'> {
  /**
   * Of all rows: `read = written + rejected + filtered + deduplicated`. Rows that were found valid
   * and never saved are `filtered`.
   */
  readonly counts: Counts;
}

/** Publishes what was saved, and the dead letters with it; the counts are checked before. */
export async function finish(
  parts: PublicationParts,
  publication: Publication,
  { flow, deadLetters }: { flow: FlowCounts; deadLetters: DeadLetters | undefined },
  limits: CallLimits,
): Promise<Published> {
  const { output, counts: engine } = await publishSaved(
    parts,
    publication,
    limits,
    async (result) => {
      assertCounts(flow, result, publication.transformations);
      await deadLetters?.publish();
    },
  );
  const { read, rejected, saved } = flow;
  const { written, deduplicated } = engine;
  const counts = { read, written, rejected, filtered: read - rejected - saved, deduplicated };
  return { path: publication.target.path, ...output, counts };
}

/** Every saved row must have reached the output or an aggregate, or be known as a duplicate. */
function assertCounts(
  { read, rejected, saved }: FlowCounts,
  { counts, output }: EngineResult,
  transformations: readonly Step[],
): void {
  const { written, deduplicated } = counts;
  const isSound =
    counts.read === saved &&
    saved === written + deduplicated &&
    (written === output.rows || transformations.some(({ type }) => type === 'aggregate')) &&
    read >= rejected + saved;
  if (!isSound) {
    throw new EtlError('COUNTS_MISMATCH', { ...counts, read, rejected });
  }
}
