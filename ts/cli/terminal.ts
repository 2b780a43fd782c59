import type { ErrorRecord } from '../schema/validate.js';
import type { Complaint } from './exit.js';

/** Data, for the next program: one line on stdout. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Lines that may have something of data in them. */
export function printAll(lines: readonly string[]): void {
  for (const line of lines) printLine(printable(line));
}

/** A record for the next program: one JSON line on stdout. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value));
}

/** News for a person: one line on stderr. */
export function say(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Says what went wrong: the code, the cause, and what to do next. */
export function complain({ code, message, next }: Complaint, json: boolean): void {
  if (json) {
    process.stderr.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
    return;
  }
  for (const line of message.split('\n')) say(`etl: ${code}: ${line}`);
  if (next !== undefined) say(`next: ${next}`);
}

type Described = Partial<ErrorRecord> & { line?: unknown; row?: unknown };

/** A reject or an error record as a person reads it: where, what, the value at fault, the code. */
export function describeError(error: Described): string {
  return `${describeFault(error)} [${printable(String(error.code))}]`;
}

/** An error as {@link describeError} describes it, where its code is told elsewhere. */
export function describeFault(error: Described): string {
  const place =
    typeof error.line === 'number'
      ? `line ${error.line}`
      : `row ${typeof error.row === 'number' ? error.row : error.index}`;
  // «must be …, not 5», but «cannot be read as integer: "x"».
  const behind = error.message?.startsWith('must ') ? ', not ' : ': ';
  const value = 'value' in error ? `${behind}${JSON.stringify(error.value)}` : '';
  const subject = error.path ? `${error.path} ` : '';
  return printable(`${place}: ${subject}${error.message}${value}`);
}

/** What came from data must not move the cursor, turn text around, or look like a line of ours. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, '0')}`;
  });
}
