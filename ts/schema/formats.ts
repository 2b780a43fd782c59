import { FORMAT_CHECKS, FORMATS, type FormatName } from '../generated/formats.js';
import { isALabel } from './idna.js';
import { LinearExpression } from './linear-expression.js';
import { isRegularExpression } from './regex-syntax.js';

type CheckName = (typeof FORMAT_CHECKS)[keyof typeof FORMAT_CHECKS];

const MAX_HOST_NAME = 253;

const CHECKS: Record<CheckName, (text: string) => boolean> = {
  'leap-second': isLeapSecondInPlace,
  'host-name': isHostName,
  'regular-expression': isRegularExpression,
};

/** Beyond this, a RegExp may run out of stack. */
const LONG_TEXT = 1_000_000;

const checkNames: Readonly<Partial<Record<FormatName, CheckName>>> = FORMAT_CHECKS;

const TESTS = new Map<string, (text: string) => boolean>(
  Object.entries(FORMATS).map(([name, pattern]) => [name, testOf(name as FormatName, pattern)]),
);

function testOf(name: FormatName, pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern, 'u');
  const matches = (text: string) =>
    text.length > LONG_TEXT ? new LinearExpression(pattern).test(text) : expression.test(text);
  const checkName = checkNames[name];
  if (checkName === undefined) return matches;
  const check = CHECKS[checkName];
  return (text) => matches(text) && check(text);
}

/** What says whether a text is of a format of `shared-schemas/formats.json`. */
export function formatTest(name: FormatName): (text: string) => boolean {
  const test = TESTS.get(name);
  if (test === undefined) throw new Error(`${name} is not a format of formats.json`);
  return test;
}

/** Whether a text is of a format of `shared-schemas/formats.json`. */
export function hasFormat(text: string, name: FormatName): boolean {
  return formatTest(name)(text);
}

/** Whether a second 60, if there is one, is the last of its day in UTC (RFC 3339, 5.7). */
function isLeapSecondInPlace(text: string): boolean {
  if (!text.includes(':60')) return true;
  const time = text.slice(text.toUpperCase().lastIndexOf('T') + 1);
  if (time.slice(6, 8) !== '60') return true;
  let minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  if (!/[Zz]$/.test(time)) {
    const offset = Number(time.slice(-5, -3)) * 60 + Number(time.slice(-2));
    minutes -= time.at(-6) === '+' ? offset : -offset;
  }
  return (minutes + 1440) % 1440 === 1439;
}

function isHostName(text: string): boolean {
  const labels = text.toLowerCase().split('.');
  const isSound = (label: string) => !label.startsWith('xn--') || isALabel(label);
  return text.length <= MAX_HOST_NAME && labels.every(isSound);
}
