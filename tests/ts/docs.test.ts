import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

interface ErrorEntry {
  code: string;
  status: number | null;
  retryable: boolean;
  title: string;
  detail: string;
}

describe('docs/errors.md', () => {
  it('lists every error of shared-schemas/wire/errors.json as it is, and nothing else', () => {
    const { errors } = JSON.parse(read('shared-schemas/wire/errors.json')) as {
      errors: ErrorEntry[];
    };
    const expected = errors.map(({ code, status, retryable, title, detail }) => {
      const text = detail.replaceAll('|', '\\|');
      return `| \`${code}\` | ${status ?? '–'} | ${retryable ? 'yes' : 'no'} | ${title}. ${text} |`;
    });
    const listed = read('docs/errors.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+` \|/.test(line));
    expect(listed).toEqual(expected);
  });

  it('lists every validation code of shared-schemas/wire/validation.json', () => {
    const catalogue = JSON.parse(read('shared-schemas/wire/validation.json')) as {
      keywords: Record<string, { code: string; message: string }>;
      stages: Record<string, { code: string; message: string }>;
      rules: Record<string, { code: string; message: string }>;
    };
    const expected = [
      ...Object.entries(catalogue.keywords),
      ...Object.entries(catalogue.stages),
      ...Object.entries(catalogue.rules),
    ].map(([keyword, { code, message }]) => `| \`${keyword}\` | \`${code}\` | ${message} |`);
    const listed = read('docs/errors.md')
      .split('\n')
      .filter((line) => /^\| `\w+` \| `[a-z_]+` \|/.test(line));
    expect(listed).toEqual(expected);
  });
});
