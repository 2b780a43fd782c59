import { FORMATS, type FormatName } from '../generated/formats.js';

const EXPRESSIONS = new Map<string, RegExp>(
  Object.entries(FORMATS).map(([name, pattern]) => [name, new RegExp(pattern, 'u')]),
);

/** Whether a text is of a format of `shared-schemas/formats.json`. */
export function hasFormat(text: string, name: FormatName): boolean {
  const expression = EXPRESSIONS.get(name);
  if (expression === undefined) throw new Error(`${name} is not a format of formats.json`);
  return expression.test(text);
}
