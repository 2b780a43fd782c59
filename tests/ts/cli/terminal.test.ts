import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../ts/bridge/errors.js';
import { complaintOf, UsageError } from '../../../ts/cli/exit.js';
import { describeError, printable } from '../../../ts/cli/terminal.js';
import { ProblemError, UnreachableError } from '../../../ts/client.js';
import { EtlError, StartError } from '../../../ts/errors.js';

describe('the exit code', () => {
  it.each([
    [new UsageError('no'), 2],
    [new CommanderError(1, 'commander.unknownOption', 'no'), 2],
    [new StartError(['PORT="x": expected a number']), 2],
    [new EtlError('SCHEMA_NOT_FOUND', {}), 2],
    [new EtlError('INPUT_CORRUPT', {}), 1],
    [new BridgeError('EMPTY_SOURCE', {}), 1],
    [new BridgeError('WORKER_CRASHED', {}), 3],
    [new ProblemError(409, { code: 'JOB_CONFLICT' }), 2],
    [new ProblemError(401, { code: 'UNAUTHENTICATED' }), 4],
    [new ProblemError(403, { code: 'PATH_FORBIDDEN' }), 2],
    [new ProblemError(503, { code: 'OVERLOADED' }), 3],
    [new UnreachableError('no'), 5],
    [new Error('a defect'), 3],
  ])('of %s is %i', (thrown, exitCode) => {
    expect(complaintOf(thrown).exitCode).toBe(exitCode);
  });
});

describe('a failure in Python', () => {
  it('is told in the words of the table, not as Python prints it', () => {
    const error = new BridgeError(
      'SOURCE_MISSING',
      { path: 'd.csv', reason: 'it is a folder' },
      { message: "SOURCE_MISSING: {'path': 'd.csv'}" },
    );
    expect(complaintOf(error).message).toBe('d.csv could not be opened: it is a folder');
  });

  it('of a business rule is told with its traceback: there is no log to look into', () => {
    const params = { rule: 'odd', schema: 'user', file: 'a.py', line: 3, reason: 'it raised' };
    const frames = [{ file: 'a.py', line: 4, function: 'odd', source: 'frame["x"]' }];
    const options = { message: 'odd', exceptions: [{ type: 'KeyError', message: "'x'", frames }] };
    const { message } = complaintOf(new BridgeError('RULE_FAILED', params, options));
    expect(message).toMatch(/^The rule odd of user \(a\.py:3\).*\nTraceback/);
    expect(message).toContain('File "a.py", line 4, in odd\n    frame["x"]\nKeyError: \'x\'');
  });

  it('that nobody foresaw is told as it was raised: there is no log to look into', () => {
    const message = 'run_job raised ValueError: no';
    const error = new BridgeError('WORKER_FAILED', { method: 'run_job' }, { message });
    expect(complaintOf(error)).toMatchObject({ exitCode: 3, message });
  });
});

describe('an error record, for a person', () => {
  it('says where, what, and the value', () => {
    const record = { index: 4, path: '/age', message: 'must be at most 150', code: 'too_large' };
    expect(describeError({ ...record, value: 200, line: 7 })).toBe(
      'line 7: /age must be at most 150, not 200 [too_large]',
    );
    expect(describeError({ ...record, path: '' })).toBe('row 4: must be at most 150 [too_large]');
    expect(describeError({ ...record, row: 9 })).toMatch(/^row 9: /);
  });

  it('cannot move the cursor, or look like another line', () => {
    const text = describeError({ index: 0, path: '/a\n\u001b[2J\u0007b', message: 'm', code: 'c' });
    expect(text).toBe('row 0: /a\\x0a\\x1b[2J\\x07b m [c]');
  });

  it('cannot turn text around, hide it, or break the line', () => {
    expect(printable('a\u202eb\u200bc\u2028d\u00ade\u{e0001}é😀')).toBe(
      'a\\u{202e}b\\u{200b}c\\u{2028}d\\xade\\u{e0001}é😀',
    );
  });
});
