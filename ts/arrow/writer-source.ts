import { type Column, type Columns, hasEnd } from './columns.js';

/**
 * Writes the source of a function that lays some rows out: `(rows, begin, end, memory, ends)`.
 *
 * `memory` has the buffers of each column by its id, `ends` how many bytes a column of text and
 * how many items a list has so far, also where its buffers have no room for them: what goes
 * beyond a typed array is dropped. Names of the schema stand in the source as string literals of
 * JSON and nowhere else.
 *
 * Row-level validity bitmaps come filled with ones, and a null takes its bit away; those of
 * lists' items are written bit by bit, since a row that is given up has its items overwritten.
 */
export function writerSource(columns: Columns, isClosed: boolean): string {
  const { members, setAside, all } = columns;
  const growing = all.filter(hasEnd).map(({ id }) => id);
  const begun = growing.filter((id) => id !== setAside.id);
  const statements = [
    ...all.map(
      ({ id }) =>
        `const { validity: valid${id}, offsets: offsets${id}, values: values${id} } = memory[${id}];`,
    ),
    ...growing.map((id) => `let end${id} = ends[${id}];`),
    'for (let row = begin; row < end; row += 1) {',
    'const record = rows[row];',
    ...begun.map((id) => `const begin${id} = end${id};`),
    'fits: {',
    `if (!(${isObject('record')})) break fits;`,
    ...writeMembers(members, 'record', isClosed),
    ...writeNull(setAside),
    'continue;',
    '}',
    ...begun.map((id) => `end${id} = begin${id};`),
    ...members.flatMap(writeNull),
    'const text = jsonText(record);',
    `end${setAside.id} = appendText(values${setAside.id}, end${setAside.id}, text);`,
    `offsets${setAside.id}[row + 1] = end${setAside.id};`,
    '}',
    ...growing.map((id) => `ends[${id}] = end${id};`),
  ];
  const begin = 'return (rows, begin, end, memory, ends) => {';
  return indented(["'use strict';", begin, ...statements, '};']);
}

function isObject(value: string): string {
  return `typeof ${value} === 'object' && ${value} !== null && !isArray(${value})`;
}

/**
 * Writes the members of an object; one that every object inherits (`constructor`) is absent.
 *
 * In a closed object those that were found must be all: to count them in a loop costs half of
 * what listing them with `Object.keys` does.
 */
function writeMembers(members: readonly Column[], object: string, isClosed: boolean): string[] {
  const rest = `rest${members[0]?.id ?? ''}`;
  const lines = members.flatMap((column) => {
    const { id, name, required } = column;
    const member = `${object}[${JSON.stringify(name)}]`;
    const isOwn = `hasOwn(${object}, ${JSON.stringify(name)})`;
    return [
      `const value${id} = ${name in {} ? `${isOwn} ? ${member} : undefined` : member};`,
      ...writeValue(column, `value${id}`),
      ...(isClosed && !required ? [`if (value${id} !== undefined) ${rest} -= 1;`] : []),
    ];
  });
  if (!isClosed) return lines;
  const required = members.filter((column) => column.required).length;
  return [
    `let ${rest} = 0;`,
    `for (const key in ${object}) ${rest} += 1;`,
    ...lines,
    `if (${rest} !== ${required}) break fits;`,
  ];
}

function writeValue(column: Column, value: string): string[] {
  const { required, nullable } = column;
  const absent = [
    ...(required ? [] : [`${value} === undefined`]),
    ...(nullable ? [`${value} === null`] : []),
  ].join(' || ');
  const { condition, write } = writeFitting(column, value);
  const otherwise = absent
    ? [`} else if (${absent}) {`, ...writeNull(column), '} else break fits;']
    : ['} else break fits;'];
  // Of any value but undefined and null a JSON text may be made: those are asked for first.
  if (column.storage === 'json') {
    const isNone = `${value} === undefined || ${value} === null`;
    const none = absent ? [`if (!(${absent})) break fits;`, ...writeNull(column)] : ['break fits;'];
    return [`if (${isNone}) {`, ...none, '} else {', ...write, ...writeValid(column), '}'];
  }
  return [`if (${condition}) {`, ...write, ...writeValid(column), ...otherwise];
}

function writeFitting(column: Column, value: string): { condition: string; write: string[] } {
  const { id, storage, children } = column;
  const at = place(column);
  switch (storage) {
    case 'integer':
      return {
        condition: `isSafeInteger(${value})`,
        write: [
          // Low and high words: a BigInt for each value would cost more than everything else.
          `values${id}[2 * ${at}] = ${value};`,
          `values${id}[2 * ${at} + 1] = floor(${value} / 4294967296);`,
        ],
      };
    case 'number':
      return { condition: `isFinite(${value})`, write: [`values${id}[${at}] = ${value};`] };
    case 'boolean':
      return {
        condition: `typeof ${value} === 'boolean'`,
        write: [
          `if (${value}) values${id}[${at} >> 3] |= 1 << (${at} & 7);`,
          `else values${id}[${at} >> 3] &= ~(1 << (${at} & 7));`,
        ],
      };
    case 'text':
      return { condition: `typeof ${value} === 'string'`, write: writeText(column, value) };
    case 'json':
      return {
        condition: '',
        write: [
          `const text${id} = textOf(${value});`,
          `if (text${id} === undefined) break fits;`,
          ...writeText(column, `text${id}`),
        ],
      };
    case 'list':
      return {
        condition: `isArray(${value})`,
        write: [
          `for (let at${id} = 0; at${id} < ${value}.length; at${id} += 1) {`,
          `const item${id} = ${value}[at${id}];`,
          ...children.flatMap((item) => writeValue(item, `item${id}`)),
          `end${id} += 1;`,
          '}',
          `offsets${id}[${at} + 1] = end${id};`,
        ],
      };
    case 'struct':
      return { condition: isObject(value), write: writeMembers(children, value, true) };
  }
}

function writeText(column: Column, text: string): string[] {
  const { id } = column;
  return [
    `const after${id} = appendText(values${id}, end${id}, ${text});`,
    `if (after${id} < 0) break fits;`,
    `end${id} = after${id};`,
    `offsets${id}[${place(column)} + 1] = after${id};`,
  ];
}

function writeValid(column: Column): string[] {
  if (!column.hasNulls || column.list === undefined) return [];
  const at = place(column);
  return [`valid${column.id}[${at} >> 3] |= 1 << (${at} & 7);`];
}

/** Makes the place of a value that is absent. */
function writeNull(column: Column): string[] {
  const { id, storage, children } = column;
  const at = place(column);
  const lines = column.hasNulls ? [`valid${id}[${at} >> 3] &= ~(1 << (${at} & 7));`] : [];
  if (hasEnd(column)) lines.push(`offsets${id}[${at} + 1] = end${id};`);
  if (storage === 'integer') lines.push(`values${id}[2 * ${at}] = values${id}[2 * ${at} + 1] = 0;`);
  if (storage === 'number') lines.push(`values${id}[${at}] = 0;`);
  if (storage === 'struct') lines.push(...children.flatMap(writeNull));
  return lines;
}

/** Where in its column the value goes: the row's number, or how many items there are so far. */
function place({ list }: Column): string {
  return list === undefined ? 'row' : `end${list.id}`;
}

function indented(lines: readonly string[]): string {
  let depth = 0;
  return lines
    .map((line) => {
      if (line.startsWith('}')) depth -= 1;
      const text = '  '.repeat(depth) + line;
      if (line.endsWith('{')) depth += 1;
      return text;
    })
    .join('\n');
}
