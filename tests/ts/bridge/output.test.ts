import { describe, expect, it } from 'vitest';
import { OutputLines } from '../../../ts/bridge/output.js';

function collect(chunks: readonly (string | Buffer)[]) {
  const lines: string[] = [];
  const dropped: number[] = [];
  const output = new OutputLines(
    (line) => lines.push(line),
    (count) => dropped.push(count),
  );
  for (const chunk of chunks) output.push(Buffer.from(chunk));
  output.end();
  return { lines, dropped, last: output.last };
}

describe("a worker's output", () => {
  it('is cut into lines, however the pipe delivers it', () => {
    const emoji = Buffer.from('😀\n');
    const { lines } = collect([
      'on',
      'e\r\ntwo\n\n',
      emoji.subarray(0, 2),
      emoji.subarray(2),
      'end',
    ]);
    expect(lines).toEqual(['one', 'two', '😀', 'end']);
  });

  it('has no line longer than the protocol allows, not even one without an end', () => {
    const { lines } = collect(Array.from({ length: 100 }, () => 'x'.repeat(1000)));
    expect(lines).toEqual(['x'.repeat(8192)]);
  });

  it('is counted instead of logged when it floods, and its end is kept', () => {
    const line = 'x'.repeat(99);
    const { lines, dropped, last } = collect([`${line}\n`.repeat(10_000), 'the cause\n']);
    expect(lines.length).toBeLessThan(3000);
    expect(lines.length + (dropped[0] ?? 0)).toBe(10_001);
    expect(last.endsWith('the cause')).toBe(true);
  });
});
