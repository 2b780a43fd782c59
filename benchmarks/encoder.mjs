// Rows of JSON as Arrow: `node encoder.mjs [ROWS] [RUNS]` prints the median seconds of each way to
// encode the same users, and how many times faster the row encoder is. The ways take turns.
import {
  Bool,
  Field,
  Int64,
  List,
  makeBuilder,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { compileEncoder } from '../dist/arrow/encode.js';
import { BUILT_IN } from '../dist/generated/records/index.js';

const NAMES = ['Ana Alves', 'Björn Berg', 'Chloé Costa', 'Dmitri Diallo', 'Grace Huber', 'Jan Ito'];
const DOMAINS = ['example.com', 'mail.example.org', 'post.example.co.uk', 'example-shop.net'];
const TAGS = ['premium', 'beta', 'newsletter', 'trial', 'partner'];
const TYPES = {
  id: new Int64(),
  email: new Utf8(),
  name: new Utf8(),
  age: new Int64(),
  created_at: new Utf8(),
  is_active: new Bool(),
  tags: new List(new Field('item', new Utf8(), true)),
};
const isInteger = (name) => TYPES[name] instanceof Int64;

/** Users as a request brings them; each optional member is absent in a fifth of them. */
function usersOf(count) {
  let state = 1;
  const below = (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * limit);
  };
  const users = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    email: `user${index + 1}@${DOMAINS[below(DOMAINS.length)]}`,
    name: NAMES[below(NAMES.length)],
    age: below(5) === 0 ? undefined : 18 + below(72),
    created_at: new Date(1.3e12 + below(4e8) * 1000).toISOString().replace('.000', ''),
    is_active: below(5) === 0 ? undefined : below(10) < 7,
    tags: below(5) === 0 ? undefined : TAGS.filter(() => below(3) === 0),
  }));
  return JSON.parse(JSON.stringify(users));
}

function byBuilders(rows) {
  const vectors = Object.entries(TYPES).map(([name, type]) => {
    const builder = makeBuilder({ type, nullValues: [null, undefined] });
    if (isInteger(name)) {
      for (const row of rows) {
        const value = row[name];
        builder.append(value === undefined ? value : BigInt(value));
      }
    } else {
      for (const row of rows) builder.append(row[name]);
    }
    return [name, builder.finish().toVector()];
  });
  return new Table(Object.fromEntries(vectors));
}

function byVectors(rows) {
  const vectors = Object.entries(TYPES).map(([name, type]) => {
    const values = isInteger(name)
      ? rows.map((row) => (row[name] === undefined ? null : BigInt(row[name])))
      : rows.map((row) => row[name] ?? null);
    return [name, vectorFromArray(values, type)];
  });
  return new Table(Object.fromEntries(vectors));
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}

const rowCount = Number(process.argv[2] ?? 100_000);
const runs = Number(process.argv[3] ?? 7);
const rows = usersOf(rowCount);
const encoder = compileEncoder(BUILT_IN.user.layout);
const target = new Uint8Array(encoder.body(rows).capacity).fill(1);
let bytes = 0;
const ways = {
  'row encoder': () => {
    bytes = encoder.body(rows).write(target);
    if (bytes === undefined) throw new Error('the rows took more room than was estimated');
  },
  'JSON.stringify': () => JSON.stringify(rows),
  'apache-arrow makeBuilder': () => byBuilders(rows),
  'apache-arrow makeBuilder and tableToIPC': () => tableToIPC(byBuilders(rows)),
  'apache-arrow vectorFromArray': () => byVectors(rows),
};
const seconds = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let run = 0; run < runs; run += 1) {
  for (const [name, encode] of Object.entries(ways)) {
    // Once for nothing: the garbage of the others has the engine forget what it had compiled.
    encode();
    const began = performance.now();
    encode();
    seconds[name].push((performance.now() - began) / 1000);
  }
}
const ours = median(seconds['row encoder']);
const medians = Object.entries(seconds).map(([name, all]) => ({
  name,
  runs,
  median_s: median(all),
  min_s: Math.min(...all),
  max_s: Math.max(...all),
  rows_per_s: Math.round(rowCount / median(all)),
  times_ours: median(all) / ours,
}));
console.log(JSON.stringify({ rows: rowCount, bytes, ways: medians }, null, 2));
