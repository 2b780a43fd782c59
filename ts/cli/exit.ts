import { CommanderError } from 'commander';
import { BridgeError } from '../bridge/errors.js';
import { ProblemError, UnreachableError } from '../client.js';
import { EtlError, errorDetail, messageOf, StartError } from '../errors.js';

/** The exit codes of every command. */
export const EXIT = {
  ok: 0,
  refused: 1,
  usage: 2,
  failed: 3,
  authentication: 4,
  unreachable: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that cannot be carried out as it was given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command to try next. */
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}

/** The codes by which data is refused; every other failure of a job is not the data's fault. */
const DATA_REFUSED: ReadonlySet<string> = new Set([
  'VALIDATION_FAILED',
  'TOO_MANY_REJECTS',
  'COLUMNS_MISMATCH',
  'EMPTY_SOURCE',
  'INPUT_CORRUPT',
]);

/** What the failure of a job makes of the command that ran it. */
export function exitCodeOfFailure(code: string): ExitCode {
  return DATA_REFUSED.has(code) ? EXIT.refused : EXIT.failed;
}

/** What went wrong, as a person and as a program reads it. */
export interface Complaint {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly next?: string;
}

/** Describes whatever a command threw. */
export function complaintOf(thrown: unknown): Complaint {
  const message = messageOf(thrown);
  if (thrown instanceof UsageError) {
    const { next } = thrown;
    return { exitCode: EXIT.usage, code: 'USAGE', message, ...(next !== undefined && { next }) };
  }
  if (thrown instanceof CommanderError) {
    return { exitCode: EXIT.usage, code: 'USAGE', message, next: 'etl --help' };
  }
  if (thrown instanceof StartError) {
    return { exitCode: EXIT.usage, code: 'CONFIGURATION', message };
  }
  if (thrown instanceof UnreachableError) {
    return { exitCode: EXIT.unreachable, code: 'UNREACHABLE', message, next: 'etl serve' };
  }
  if (thrown instanceof ProblemError) return complaintOfProblem(thrown);
  if (thrown instanceof EtlError) {
    const exitCode = DATA_REFUSED.has(thrown.code) ? EXIT.refused : EXIT.usage;
    return { exitCode, code: thrown.code, message: withPlaces(thrown) };
  }
  if (thrown instanceof BridgeError) return complaintOfBridge(thrown);
  return { exitCode: EXIT.failed, code: 'INTERNAL', message };
}

/** Python's own words where the table has none, and where it speaks of the log: there is none. */
function complaintOfBridge({ code, params, message, pythonTraceback }: BridgeError): Complaint {
  const told = code === 'WORKER_FAILED' ? message : errorDetail(code, params);
  const trace = code === 'RULE_FAILED' && pythonTraceback ? `\n${pythonTraceback.trimEnd()}` : '';
  return { exitCode: exitCodeOfFailure(code), code, message: `${told}${trace}` };
}

function complaintOfProblem(problem: ProblemError): Complaint {
  const { status, code } = problem;
  const message = withPlaces(problem);
  if (status === 401) return { exitCode: EXIT.authentication, code, message };
  return { exitCode: status >= 500 ? EXIT.failed : EXIT.usage, code, message };
}

/** The message, and below it every place at fault where there are several. */
function withPlaces({ message, errors }: ProblemError | EtlError): string {
  if (errors.length < 2) return message;
  const places = errors.map((error) => `${error.path ?? error.field} ${error.message}`);
  return [message, ...places].join('\n');
}
