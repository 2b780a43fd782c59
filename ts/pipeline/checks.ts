import { nearest } from '../schema/suggest.js';
import { FORMATS, isFormat } from './file-format.js';
import { misuse } from './misuse.js';
import type { MethodOptions, PipelineOptions } from './options.js';

type Keys<T> = Readonly<Record<keyof T, true>>;

const PIPELINE: Keys<Required<PipelineOptions>> = {
  schema: true,
  transformations: true,
  target: true,
  targetType: true,
  ifExists: true,
  deadLetters: true,
  maxErrors: true,
  workers: true,
  settings: true,
};
const METHOD: Keys<Required<MethodOptions>> = { signal: true, timeout: true };
const PYTHON = { ...METHOD, stream: true };

/**
 * Checks what `Pipeline.open` is given, as far as no other check does.
 *
 * @throws EtlError `INVALID_REQUEST` for an option that there is not, that is of another type, or
 *   that has no effect without another.
 */
export function assertPipelineOptions(options: PipelineOptions): void {
  assertKnown('Pipeline.open', options, PIPELINE);
  const { schema, target, targetType, ifExists, deadLetters, maxErrors, settings } = options;
  assertText('schema', schema);
  assertText('target', target);
  assertText('deadLetters', deadLetters);
  if (targetType !== undefined && !isFormat(targetType)) {
    throw misuse(`targetType: expected one of ${FORMATS.join(', ')}, got ${String(targetType)}`);
  }
  if (ifExists !== undefined && ifExists !== 'replace' && ifExists !== 'fail') {
    throw misuse(`ifExists: expected replace or fail, got ${String(ifExists)}`);
  }
  if (maxErrors !== undefined && (!Number.isSafeInteger(maxErrors) || maxErrors < 0)) {
    throw misuse(`maxErrors: ${maxErrors} must be a whole number from 0 on`);
  }
  if (settings !== undefined && !isObject(settings)) {
    throw misuse('settings: expected an object of settings by their environment names');
  }
  if (target !== undefined && schema === undefined) {
    throw misuse('target: what is published is of a record schema; give schema as well');
  }
  if (targetType !== undefined && target === undefined) {
    throw misuse('targetType: it is the format of the target; give target as well');
  }
  if (deadLetters !== undefined && target === undefined) {
    throw misuse('deadLetters: they are published with the target; give target as well');
  }
}

/** Checks what `callPython` is given. @throws EtlError `INVALID_REQUEST` */
export function assertPythonCall(name: unknown, args: unknown, options: MethodOptions): void {
  if (typeof name !== 'string' || name === '') {
    throw misuse('callPython: its first argument is the name of a Python function');
  }
  if (!isObject(args)) {
    throw misuse(`callPython ${name}: expected an object of arguments by the parameters' names`);
  }
  assertMethodOptions(`callPython ${name}`, options, PYTHON);
}

/** Checks what `stream` is to read. @throws EtlError `INVALID_REQUEST` */
export function assertSource(source: unknown): void {
  if (isObject(source) && (Symbol.asyncIterator in source || Symbol.iterator in source)) return;
  throw misuse('stream: expected an iterable, or an asynchronous iterable, of chunks');
}

/** Checks what a method is given to end it early. @throws EtlError `INVALID_REQUEST` */
export function assertMethodOptions(
  method: string,
  options: MethodOptions,
  known: Keys<MethodOptions> = METHOD,
): void {
  assertKnown(method, options, known);
  const { signal, timeout } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw misuse(`${method}: signal: expected an AbortSignal`);
  }
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    throw misuse(`${method}: timeout: expected milliseconds above 0, got ${String(timeout)}`);
  }
}

function assertKnown(method: string, options: object, known: object): void {
  if (!isObject(options)) throw misuse(`${method}: expected an object of options`);
  const names = Object.keys(known);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  throw misuse(`${method}: there is no option ${unknown}; ${hint}`);
}

function assertText(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value !== '')) return;
  throw misuse(`${name}: expected a text that is not empty`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
