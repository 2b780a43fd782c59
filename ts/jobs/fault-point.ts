/** The steps of a job, each with what is on the disk when it has been made. */
export const FAULT_POINTS = [
  /** The store says that the attempt runs. */
  'attempt.started',
  /** The staged output is complete. */
  'attempt.staged',
  /** The store says what is going to stand at the target. */
  'publication.planned',
  /** What stands at the target has a second name among the kept versions. */
  'publication.kept',
  /** Under `if_exists: fail`: the new file stands at the target, and still as staged file. */
  'publication.linked',
  /** The new file stands at the target. */
  'publication.renamed',
  /** The folder is flushed, and nothing is left of the attempt but its rejects. */
  'publication.cleaned',
  /** The store says that the job has succeeded. */
  'publication.stored',
] as const;

/**
 * Kills this process when `ETL_FAULT` names the step that has just been made.
 *
 * Tests prove by it that a crash is survived at every step.
 */
export function faultPoint(point: (typeof FAULT_POINTS)[number]): void {
  if (process.env.ETL_FAULT === point) process.kill(process.pid, 'SIGKILL');
}
