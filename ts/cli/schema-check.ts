import { type CheckedSchema, checkSchemas } from '../bridge/compile.js';
import { readSettings } from '../settings.js';
import { EXIT, type ExitCode } from './exit.js';
import { printable, printJson, printLine, say } from './terminal.js';

/** `etl schema check [FOLDER|FILE…]`: prints every problem of every schema. */
export async function checkAll(
  paths: readonly string[],
  options: { readonly json?: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const { python, pythonPath, schemaDir } = readSettings(process.env);
  const given = paths.length > 0 ? paths : [schemaDir];
  const checked = await checkSchemas({ python, pythonPath, paths: given, signal });
  for (const one of checked) {
    if (options.json) printJson(one);
    else for (const line of told(one)) printLine(printable(line));
  }
  const broken = checked.filter(({ valid }) => !valid).length;
  say(`${checked.length} checked: ${checked.length - broken} good, ${broken} with problems`);
  return broken === 0 ? EXIT.ok : EXIT.usage;
}

function told({ file, valid, problems }: CheckedSchema): string[] {
  if (valid) return [`${file}: good`];
  return problems.map(({ pointer, reason, instead }) => {
    return `${pointer === '' ? file : `${file}#${pointer}`}: ${reason}; ${instead}`;
  });
}
