const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleanUps = new Set<() => void>();

/**
 * Runs something at the end of the process, be it an exit or a signal that nothing else handles.
 *
 * @param cleanUp - must be synchronous.
 * @returns what takes it back.
 */
export function atExit(cleanUp: () => void): () => void {
  if (cleanUps.size === 0) {
    process.on('exit', cleanUpAll);
    for (const signal of SIGNALS) process.on(signal, endBy);
  }
  cleanUps.add(cleanUp);
  return () => {
    if (!cleanUps.delete(cleanUp) || cleanUps.size > 0) return;
    process.off('exit', cleanUpAll);
    for (const signal of SIGNALS) process.off(signal, endBy);
  };
}

function cleanUpAll(): void {
  for (const cleanUp of cleanUps) cleanUp();
}

/** A signal that only this listens to ends the process, as it would without this. */
function endBy(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  cleanUpAll();
  process.off(signal, endBy);
  process.kill(process.pid, signal);
}
