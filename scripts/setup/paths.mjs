import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {...string} parts path parts below the root */
export const fromRoot = (...parts) => join(ROOT, ...parts);

/** The interpreter of the project's own environment. */
export const PYTHON = fromRoot('.venv', 'bin', 'python');
