import { describe, expect, it } from 'vitest';
import { openUnruly, printed, until } from './support/pool.js';

describe('what Python prints', () => {
  it('goes to the log, whoever prints it and how, and harms no call', async () => {
    const { pool, log } = await openUnruly();
    const { value } = await pool.call('print_everywhere', {});
    expect(value).toBe('all printed');
    await until(() => printed(log).length >= 4);
    expect(printed(log).sort()).toEqual(['by a child', 'by os.write', 'by print', 'by printf']);
  });

  it('may flood stderr: the call ends, the log stays small and says what it left out', async () => {
    const { pool, log } = await openUnruly();
    const { value } = await pool.call('flood_stderr', { megabytes: 50 });
    expect(value).toBe('all written');
    await pool.close();
    const dropped = log.filter(({ event }) => event === 'worker.output_dropped');
    const left = dropped.reduce((sum, { lines = 0 }) => sum + lines, 0);
    expect(printed(log).length + left).toBe(500_000);
    expect(printed(log).length).toBeLessThan(100_000);
  });
});
