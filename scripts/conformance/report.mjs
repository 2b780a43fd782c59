import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fromRoot } from '../setup/paths.mjs';

/** Writes docs/conformance.md: what every layer makes of the JSON-Schema-Test-Suite. */

/** The suite is read in place: a copy beside this project, or where the environment says. */
const SUITE = join(
  process.env.JSON_SCHEMA_TEST_SUITE ?? fromRoot('..', 'shared', 'json-schema-test-suite'),
  'tests',
  'draft2020-12',
);
const GROUPS = JSON.parse(readFileSync(fromRoot('scripts', 'conformance', 'groups.json'), 'utf8'));
const LAYERS = ['zod', 'zod_compiled', 'pydantic', 'columnar'];
const TITLES = {
  common: 'The 22 files of the common keywords',
  other: 'The other keywords of the profile',
  formats: 'The formats',
};

if (!existsSync(SUITE)) {
  console.error(
    `There is no test suite at ${SUITE}. Get github.com/json-schema-org/JSON-Schema-Test-Suite, and name its folder by JSON_SCHEMA_TEST_SUITE.`,
  );
  process.exit(2);
}
const target = fromRoot('docs', 'conformance.md');
writeFileSync(target, report());
console.error('docs/conformance.md is written.');

function report() {
  const parts = [
    '# Conformance',
    '',
    'Written by `npm run conformance`; do not edit. The JSON-Schema-Test-Suite, draft 2020-12, by',
    'every layer: `zod` (plain), `zod_compiled`, `pydantic`, `columnar`. `etl conformance FILE…`',
    'prints the same test by test. *By vectors* are the tests whose columnar verdict came from',
    'kernels alone; the others went row by row.',
  ];
  for (const [group, names] of Object.entries(GROUPS)) {
    parts.push('', ...section(TITLES[group], verdictsOf(names.split(' '))));
  }
  return `${parts.join('\n')}\n`;
}

function verdictsOf(names) {
  const files = names.map((name) => join(SUITE, `${name}.json`));
  const etl = fromRoot('dist', 'cli', 'main.js');
  const { stdout, stderr, status } = spawnSync(process.execPath, [etl, 'conformance', ...files], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0 && status !== 1) {
    console.error(stderr);
    process.exit(2);
  }
  return stdout.trim().split('\n').map(JSON.parse);
}

function section(title, lines) {
  const files = groupBy(lines, fileOf);
  const rows = [...files].map(([file, ofFile]) => row(file, ofFile));
  return [
    `## ${title}`,
    '',
    `| file | tests | right in all layers | wrong | refused | by vectors |`,
    '|---|---|---|---|---|---|',
    ...rows,
    row('**all**', lines),
    ...listed(
      'Refused',
      [
        ...new Map(
          lines.filter(isRefused).map((line) => [`${line.file} ${line.schema}`, line]),
        ).values(),
      ],
      (line) => `\`${fileOf(line)}\` «${line.schema}»: \`${line.unsupported}\` ${reasonOf(line)}`,
    ),
    ...listed('Wrong', lines.filter(isWrong), (line) => {
      const wrong = LAYERS.filter((layer) => line[layer] !== line.expected).join(', ');
      const how = line.expected ? 'refused' : 'accepted';
      return `\`${fileOf(line)}\` «${line.test}»: ${how} by ${wrong}`;
    }),
  ];
}

function row(name, lines) {
  const count = (test) => lines.filter(test).length;
  const vectors = count((line) => line.columnar_path === 'vector');
  const share = Math.round((100 * vectors) / lines.length);
  const numbers = [lines.length, count(isRight), count(isWrong), count(isRefused)];
  return `| ${name} | ${numbers.join(' | ')} | ${vectors} (${share} %) |`;
}

function listed(title, lines, describe) {
  if (lines.length === 0) return [];
  return ['', `${title}:`, '', ...lines.map((line) => `- ${describe(line)}`)];
}

function reasonOf({ unsupported }) {
  const keyword = unsupported.split('/').at(-1);
  if (keyword === '$ref') return '– leads to a remote document; nothing is fetched';
  return `– ${keyword} is not of the profile`;
}

function groupBy(lines, key) {
  const groups = new Map();
  for (const line of lines) groups.set(key(line), [...(groups.get(key(line)) ?? []), line]);
  return groups;
}

function fileOf({ file }) {
  return basename(file);
}

function isRefused({ unsupported }) {
  return unsupported !== null;
}

function isRight(line) {
  return !isRefused(line) && LAYERS.every((layer) => line[layer] === line.expected);
}

function isWrong(line) {
  return !isRefused(line) && !isRight(line);
}
