import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { AppendFile } from '../../../ts/pipeline/saved/append-file.js';
import { temporaryFolder } from '../temporary-folder.js';

async function after(ms: number, text: string): Promise<Uint8Array> {
  await delay(ms);
  return Buffer.from(text);
}

it('pieces lie in the order in which they were announced, whichever is there first', async () => {
  const file = await AppendFile.create(join(temporaryFolder(), 'pieces'));
  await Promise.all([file.append(after(10, 'slow ')), file.append(after(0, 'quick'))]);
  expect(readFileSync(file.path, 'utf8')).toBe('slow quick');
  await file.close();
});

it('a piece that does not come leaves no trace, and those behind it are appended', async () => {
  const file = await AppendFile.create(join(temporaryFolder(), 'pieces'));
  const failing = file.append(Promise.reject(new Error('it never came')));
  const next = file.append(after(0, 'next'));
  await expect(failing).rejects.toThrow('it never came');
  await next;
  expect(readFileSync(file.path, 'utf8')).toBe('next');
  await file.close();
});
