import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { capture, tail } from './command.mjs';
import { SetupError } from './error.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { fromRoot, PYTHON } from './paths.mjs';

const STAMP = fromRoot('node_modules', '.etl-generated');

const current = () =>
  fingerprint([
    'shared-schemas',
    'py/etl_polyglot/schema',
    'py/etl_polyglot/generated',
    'ts/generated',
  ]);

/** Checks that the committed generated code is what the schemas compile to. */
export const generated = {
  title: 'generated code checked against shared-schemas',
  isFresh: () => readStamp(STAMP) === current(),
  async run(lock) {
    const { code, output } = await capture(
      [PYTHON, '-m', 'etl_polyglot.schema', 'generate', '--check'],
      { env: { PYTHONPATH: fromRoot('py') }, lock },
    );
    if (code !== 0) {
      throw new SetupError(
        `The generated code is not what shared-schemas compiles to:\n${tail(output)}\nRun: npm run generate`,
      );
    }
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, current());
  },
};
