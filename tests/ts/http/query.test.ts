import { describe, expect, it } from 'vitest';
import { cursor, encodeCursor, parseQuery } from '../../../ts/http/query.js';
import { wholeNumber } from '../../../ts/whole-number.js';

const parameters = { wait: wholeNumber(0, 60).default(0), cursor: cursor.optional() };

describe('a query', () => {
  it('has its defaults and its numbers', () => {
    expect(parseQuery(parameters, {})).toEqual({ wait: 0 });
    expect(parseQuery(parameters, { wait: '60' })).toEqual({ wait: 60 });
  });

  it.each(['61', '-1', '1.5', '', 'soon'])('refuses wait=%j', (wait) => {
    expect(() => parseQuery(parameters, { wait })).toThrow(
      'The query parameter wait must be a whole number from 0 to 60',
    );
  });

  it('refuses a parameter that is given twice', () => {
    expect(() => parseQuery(parameters, { wait: ['1', '2'] })).toThrow(
      'The query parameter wait must be given once',
    );
  });

  it('refuses a parameter that the call does not know, with the one that was perhaps meant', () => {
    expect(() => parseQuery(parameters, { weit: '1' })).toThrow(
      'The query parameter weit is not known; did you mean wait?',
    );
    expect(() => parseQuery({}, { wait: '1' })).toThrow('is not known, as the call has none');
  });

  it('gives a cursor back as the position that it was made from', () => {
    expect(parseQuery(parameters, { cursor: encodeCursor(12_345) })).toMatchObject({
      cursor: 12_345,
    });
    expect(encodeCursor(undefined)).toBeNull();
    expect(() => parseQuery(parameters, { cursor: 'made up' })).toThrow('must be a next_cursor');
  });
});
