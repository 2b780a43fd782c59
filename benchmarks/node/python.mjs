// Where the Python side of a contestant lies, and what runs it.
import { fileURLToPath } from 'node:url';

const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The interpreter that the benchmark itself runs in. */
export const PYTHON = process.env.BENCHMARK_PYTHON;

export const pythonProgram = (name) => fromHere(`../python/${name}`);
