import { pathToFileURL } from 'node:url';
import { run, runAtOnce } from './command.mjs';
import { SetupError } from './setup/error.mjs';
import { setUp } from './setup/index.mjs';
import { fromRoot, PYTHON, ROOT } from './setup/paths.mjs';

const bin = (name) => fromRoot('node_modules', '.bin', name);
const python = (...args) => [PYTHON, ...args];

const CHECKS = [
  [bin('tsc'), '-p', 'tests/tsconfig.json'],
  python('-m', 'mypy'),
  [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'ts'],
  [bin('biome'), 'check', '.'],
  [fromRoot('.venv', 'bin', 'lint-imports'), '--no-logo'],
  python('-m', 'etl_polyglot.schema', 'generate', '--check'),
  python('-m', 'ruff', 'check', '.'),
  python('-m', 'ruff', 'format', '--check', '.'),
];
const UNIT = [[bin('vitest'), 'run', '--project', 'unit']];
const INTEGRATION = [[bin('vitest'), 'run', '--project', 'integration', '--project', 'faults']];
const PYTEST = [python('-m', 'pytest')];
const PYTEST_ON_ALL_CORES = [
  python('-m', 'pytest', '-m', 'not alone', '--numprocesses', 'auto'),
  python('-m', 'pytest', '-m', 'alone'),
];

const serving = ['packages', 'python', 'generated', 'build'];
const developing = ['packages', 'python-dev', 'generated', 'build'];

/**
 * Every npm script: the set-up steps that it needs, and the commands that it runs, `atOnce` before
 * those in turn.
 * `inProcess` runs the built command line in this process instead, which saves a start of Node.
 */
const TASKS = {
  start: { needs: serving, inProcess: ['serve'] },
  etl: { needs: serving, inProcess: [] },
  build: { needs: serving, commands: [] },
  generate: {
    needs: ['packages', 'python'],
    commands: [python('-m', 'etl_polyglot.schema', 'generate')],
  },
  conformance: { needs: serving, commands: [['node', 'scripts/conformance/report.mjs']] },
  fuzz: { needs: developing, commands: [python('-m', 'tests.fuzz')] },
  check: { needs: ['packages', 'python-dev'], atOnce: CHECKS, commands: [] },
  format: {
    needs: ['packages', 'python-dev'],
    commands: [
      [bin('biome'), 'check', '--write', '.'],
      python('-m', 'ruff', 'check', '--fix', '.'),
      python('-m', 'ruff', 'format', '.'),
    ],
  },
  test: { needs: developing, commands: UNIT },
  'test:python': { needs: developing, commands: PYTEST },
  'test:integration': { needs: developing, commands: INTEGRATION },
  'test:all': {
    needs: developing,
    atOnce: CHECKS,
    commands: [...UNIT, ...INTEGRATION, ...PYTEST_ON_ALL_CORES],
  },
  'example:csv': { needs: serving, commands: [['node', 'examples/csv.mjs']] },
  'example:json': { needs: serving, commands: [['node', 'examples/json.mjs']] },
  'example:streaming': { needs: serving, commands: [['node', 'examples/streaming.mjs']] },
  'example:dual-validation': {
    needs: serving,
    commands: [['node', 'examples/dual-validation.mjs']],
  },
  'example:zero-copy': { needs: serving, commands: [['node', 'examples/zero-copy.mjs']] },
  'example:pipeline': { needs: serving, commands: [['node', 'examples/pipeline.mjs']] },
  benchmark: {
    needs: ['packages', 'python-benchmarks', 'generated', 'build'],
    commands: [python('benchmarks/validation.py')],
  },
  'benchmark:dataframes': {
    needs: ['packages', 'python-benchmarks', 'generated', 'build'],
    commands: [python('benchmarks/dataframes.py')],
  },
  'benchmark:vs-microservices': {
    needs: ['packages', 'python-benchmarks', 'generated', 'build'],
    commands: [python('benchmarks/vs_microservices.py')],
  },
  'benchmark:engine': {
    needs: ['packages', 'python-benchmarks', 'generated', 'build'],
    commands: [python('benchmarks/engine.py')],
  },
};

/**
 * Sets up what the task needs and runs it; ends the process with the task's exit code.
 *
 * @param {string} name a key of TASKS
 * @param {string[]} args passed on to the last command; a task that has none refuses them
 */
export async function runTask(name, args) {
  process.chdir(ROOT);
  const task = TASKS[name];
  if (!task) {
    console.error(`No task is called ${name}. Tasks: ${Object.keys(TASKS).join(', ')}.`);
    process.exit(2);
  }
  if (args.length > 0 && task.commands?.length === 0) {
    console.error(`npm run ${name} takes no arguments, and was given ${args.join(' ')}.`);
    process.exit(2);
  }
  try {
    await setUp(task.needs);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exit(2);
  }
  if (task.inProcess) {
    process.argv.splice(1, 2, fromRoot('dist', 'cli', 'main.js'), ...task.inProcess);
    await import(pathToFileURL(process.argv[1]).href);
    return;
  }
  const failed = await runAtOnce(task.atOnce ?? []);
  if (failed !== 0) process.exit(failed);
  for (const [position, command] of task.commands.entries()) {
    const extra = position === task.commands.length - 1 ? args : [];
    const code = await run([...command, ...extra]);
    if (code !== 0) process.exit(code);
  }
}
