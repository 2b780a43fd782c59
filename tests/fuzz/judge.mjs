// Judges schemas for the fuzzer, one a line, until stdin ends: by our built layers and by ajv.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { encodeRows } from '../../dist/arrow/encode.js';
import { parseJson } from '../../dist/pipeline/parse-json.js';
import { explain } from '../../dist/schema/explain.js';
import { hasFormat } from '../../dist/schema/formats.js';
import { compiledZod } from '../../dist/schema/validate.js';
import { hasUniqueItems, isEqual, isMultiple } from '../../dist/schema/values.js';

const { hasOwn } = Object;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Exact keywords in place of those of ajv, by the faults that they mend. */
const MENDS = {
  decimals: {
    multipleOf: (step, value) => typeof value !== 'number' || isMultiple(value, step),
  },
  equality: {
    const: (expected, value) => isEqual(expected, value),
    enum: (listed, value) => listed.some((one) => isEqual(one, value)),
    uniqueItems: (wanted, value) => !wanted || !Array.isArray(value) || hasUniqueItems(value),
  },
  'no name': {
    required: (names, value) => !isObject(value) || names.every((name) => hasOwn(value, name)),
    dependentRequired: (wanted, value) =>
      !isObject(value) ||
      Object.entries(wanted).every(
        ([trigger, names]) => !hasOwn(value, trigger) || names.every((name) => hasOwn(value, name)),
      ),
  },
};

let lastPatterns;

for await (const line of createInterface({ input: process.stdin })) {
  const { layers, ajv } = JSON.parse(line);
  const answer = layers === undefined ? byAjv(ajv) : await byLayers(layers);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function byLayers({ module, document, layout, isRecord, instances }) {
  const values = instances.map((text) => parseJson(Buffer.from(text)));
  const rows = isRecord ? values : values.map((value) => ({ value }));
  const { default: zod, patterns } = await import(pathToFileURL(module).href);
  lastPatterns = patterns;
  return {
    zod: rows.map((row) => attempt(() => zod.safeParse(row).success)),
    zod_compiled: rows.map((row) => attempt(() => z.validate(compiledZod(zod), row))),
    records: values.map((value) =>
      attempt(() =>
        explain({ document, patterns }, value, 0).map((record) => JSON.stringify(record)),
      ),
    ),
    batch: Buffer.from(encodeRows(layout, rows)).toString('base64'),
  };
}

function byAjv({ schema, instances, formats, mends }) {
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    ownProperties: mends.includes('own names'),
    ...(mends.includes('patterns') && { code: { regExp: asCompiled } }),
  });
  if (mends.includes('evaluated')) ajv.opts.unevaluated = false;
  for (const name of formats) ajv.addFormat(name, (text) => hasFormat(text, name));
  const replaced = Object.keys(MENDS).filter((mend) => mends.includes(mend));
  for (const [keyword, validate] of replaced.flatMap((mend) => Object.entries(MENDS[mend]))) {
    ajv.removeKeyword(keyword);
    ajv.addKeyword({ keyword, validate });
  }
  const validate = attempt(() => ajv.compile(schema));
  if (typeof validate === 'string') return instances.map(() => validate);
  return instances.map((text) => attempt(() => validate(JSON.parse(text))));
}

/**
 * A pattern as our module of the same schema has it, as ajv is asked after our layers; those of
 * the meta-schemas are not there.
 */
function asCompiled(pattern, flags) {
  const matcher = lastPatterns.get(pattern) ?? new RegExp(pattern, flags);
  return { test: (text) => matcher.test(text), toString: () => pattern };
}
asCompiled.code = 'asCompiled';

function attempt(judge) {
  try {
    return judge();
  } catch (error) {
    return `${error}`;
  }
}
