import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../ts/pipeline/parse-json.js';

const parse = (text: string | Buffer) => parseJson(Buffer.from(text as string));

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it', () => {
    const text =
      '{"a": [1, 1e2, "\\u00e9 \\ud83d\\ude00 😀 \\\\", null, true], "b": {"[[": "\\"]"}}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('keeps __proto__ and constructor as members, and nothing else', () => {
    const value = parse('{"__proto__": {"admin": true}, "constructor": 1}') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('admin' in value).toBe(false);
  });

  it('may be nested 64 levels deep, not 65', () => {
    expect(parse(nested(64))).toBeInstanceOf(Array);
    expect(() => parse(nested(65))).toThrow(/nested more than 64 levels deep at byte 64/);
  });

  it('that is a bomb of 100,000 levels is refused before it is parsed', () => {
    expect(() => parse('[{"a":'.repeat(100_000))).toThrow(/nested more than 64 levels/);
  });

  it('may be held to a number of values, which is counted before it is parsed', () => {
    const parseFew = (text: string) => parseJson(Buffer.from(text), 4);
    expect(parseFew('[1, "a,[{", {}]')).toHaveLength(3);
    expect(() => parseFew('[1, 2, [], {}]')).toThrow(/more than 4 values/);
    expect(() => parseFew('[[[[[')).toThrow(/more than 4 values/);
  });

  it('may have as many brackets in strings as it likes', () => {
    expect(parse(`["${'['.repeat(100)}", "\\"${'{'.repeat(100)}"]`)).toHaveLength(2);
  });

  it.each([
    ['an empty text', '', 'it is empty'],
    ['a text that ends early', '{"a": 1', 'JSON'],
    ['a word', 'hello', 'hello'],
    ['an unfinished string', '["abc', 'JSON'],
    ['an unfinished escape', '["abc\\', 'JSON'],
    ['NaN', '[NaN]', 'NaN'],
    ['a key that stands twice', '[{"a": 1, "b": {"c": ":", "c": 2}}]', 'the same key twice'],
    ['a key that stands twice, once escaped', '{"a": 1, "\\u0061": 1}', 'the same key twice'],
    ['__proto__ twice', '{"__proto__": 1, "__proto__": {}}', 'the same key twice'],
    ['1e400', '[-1e400]', 'beyond the range of a double'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parse(Buffer.from([0x22, 0xff, 0x22]))).toThrow('it is not UTF-8');
  });

  it.each([
    ['"\\ud83d"', true],
    ['"\\uDE00"', true],
    ['["ok", "\\ud83d\\ud83d\\ude00"]', true],
    ['{"\\udc00": 1}', true],
    ['"\\ud83d\\ude00"', false],
    ['"\\\\ud83d"', false],
    ['"\\ud7ff \\ue000"', false],
  ])('refuses half of a surrogate pair: %s', (text, isRefused) => {
    if (isRefused) expect(() => parse(text)).toThrow('half of a surrogate pair');
    else expect(parse(text)).toBe(JSON.parse(text));
  });
});
