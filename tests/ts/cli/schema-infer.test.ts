import { describe, expect, it } from 'vitest';
import { inferOne } from '../../../ts/cli/schema-infer.js';
import { EXTENSIONS } from '../../../ts/pipeline/file-format.js';

describe('etl schema infer', () => {
  it.each(['data.tsv', 'data.jsonl', 'data'])(
    'reads %s only where the format is said, as etl validate knows no such extension',
    async (file) => {
      const known = EXTENSIONS.map((one) => `.${one}`).join(', ');
      await expect(inferOne(file, {}, AbortSignal.timeout(5000))).rejects.toMatchObject({
        name: 'UsageError',
        message: `${file}: its extension is none of ${known}; say the format with --type`,
      });
    },
  );
});
