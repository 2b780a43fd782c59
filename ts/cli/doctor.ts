import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../errors.js';
import { readSettings, type Settings } from '../settings.js';
import { checkBridge } from './doctor/bridge.js';
import { checkPythonDir, checkSchemas } from './doctor/definitions.js';
import { type Finding, fail, ok } from './doctor/finding.js';
import { checkDataRoots, checkStateDir } from './doctor/folders.js';
import { checkDevShm, checkMemory, checkOpenFiles } from './doctor/machine.js';
import { checkNode, checkNodePackages, checkPython } from './doctor/versions.js';
import { EXIT, type ExitCode } from './exit.js';
import { printable, printJson, printLine, say } from './terminal.js';

/** `etl doctor`: says of everything that a server needs whether it is there, and what to do. */
export async function doctor(
  { json = false }: { readonly json?: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const counts = { ok: 0, warn: 0, fail: 0 };
  for await (const finding of examine(signal)) {
    counts[finding.status]++;
    if (json) printJson(finding);
    else for (const line of told(finding)) printLine(printable(line));
  }
  say(`${counts.ok} ok, ${counts.warn} to look at, ${counts.fail} to mend`);
  return counts.fail === 0 ? EXIT.ok : EXIT.usage;
}

/** Each check in turn; one that cannot be made without another is left out when that fails. */
async function* examine(signal: AbortSignal): AsyncGenerator<Finding> {
  yield await checkNode();
  yield await checkNodePackages();
  const given = settingsOrProblems();
  if (Array.isArray(given)) {
    yield* given;
    return;
  }
  yield ok('settings', 'every variable is well-formed');
  const python = await checkPython(given.python);
  yield* python;
  yield checkMemory(given);
  yield checkOpenFiles(given);
  yield* await checkDevShm();
  yield* await checkDataRoots(given);
  yield await checkStateDir(given);
  // Without its Python the rest would fail for that reason, and say another.
  if (python.some(({ status }) => status === 'fail')) return;
  // A server may be running: what is compiled here must not come into its way.
  const stateDir = await mkdtemp(join(tmpdir(), 'etl-doctor-'));
  try {
    yield* examineWorkers({ ...given, stateDir }, signal);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function* examineWorkers(settings: Settings, signal: AbortSignal): AsyncGenerator<Finding> {
  const { registry, finding } = await checkSchemas(settings);
  yield finding;
  signal.throwIfAborted();
  if (registry === undefined) return;
  yield await checkPythonDir(settings);
  signal.throwIfAborted();
  yield* await checkBridge(settings, registry, signal);
}

function settingsOrProblems(): Settings | Finding[] {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return error.problems.map((problem) => fail('settings', problem, 'set it as it says'));
  }
}

function told({ check, status, detail, advice }: Finding): string[] {
  const lines = detail.split('\n').map((line) => `${status.padEnd(4)}  ${check}: ${line}`);
  return advice === undefined ? lines : [...lines, `      do: ${advice}`];
}
