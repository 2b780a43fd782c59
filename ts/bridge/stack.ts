import { fileURLToPath } from 'node:url';
import type { FailureFrame } from '../generated/wire/failure.js';

/** An exception as Python raised it; its frames innermost first. */
export type PythonException = NonNullable<FailureFrame['exceptions']>[number];

/** Where frames stand that tell a caller nothing: in this folder, and within Node. */
const INNER = [
  new URL('.', import.meta.url).href,
  fileURLToPath(new URL('.', import.meta.url)),
  'node:internal/',
];

/**
 * Who waits for a call: the frames of an async function that `await`s it are there even when it is
 * made after the call has failed, which costs a call that succeeds nothing.
 */
export class CallSite {
  readonly stack!: string;

  constructor() {
    Error.captureStackTrace(this, CallSite);
  }

  /** The JavaScript frames, a line each. */
  get frames(): string[] {
    return this.stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .filter((line) => !INNER.some((inner) => line.includes(inner)));
  }
}

/** One stack: what failed, where in Python, and who called from JavaScript. */
export function mergedStack(
  headline: string,
  exception: PythonException | undefined,
  site: CallSite | undefined,
): string {
  const python = (exception?.frames ?? []).map(({ file, line, function: name, source }) => {
    const at = `    at ${name} (${file}:${line})`;
    return source === undefined ? at : `${at}  ${source}`;
  });
  return [headline, ...python, ...(site?.frames ?? [])].join('\n');
}

/** The exceptions as Python prints them: the cause first, the innermost frame last. */
export function pythonTraceback(exceptions: readonly PythonException[]): string {
  return exceptions
    .toReversed()
    .map(({ type, message, frames }) => {
      const lines = frames.toReversed().flatMap(({ file, line, function: name, source }) => {
        const at = `  File "${file}", line ${line}, in ${name}\n`;
        return source === undefined ? [at] : [at, `    ${source}\n`];
      });
      const last = message === '' ? type : `${type}: ${message}`;
      return `Traceback (most recent call last):\n${lines.join('')}${last}\n`;
    })
    .join('\nThe above exception was the direct cause of the following exception:\n\n');
}
