import { StartError } from '../../errors.js';
import { openLog } from '../../observability/log.js';
import type { SchemaRegistry } from '../../schema/registry.js';
import type { Settings } from '../../settings.js';
import { loadExtensions, loadSchemas } from '../../workers.js';
import { type Finding, fail, ok } from './finding.js';

/** Whether every record schema compiles, and the registry of them where they do. */
export async function checkSchemas(
  settings: Settings,
): Promise<{ registry: SchemaRegistry | undefined; finding: Finding }> {
  try {
    const registry = await loadSchemas(settings, (problem) => problem);
    const names = registry.names();
    const detail = `${names.length} in ${settings.schemaDir}: ${names.join(', ')}`;
    return { registry, finding: ok('schemas', detail) };
  } catch (error) {
    const advice = 'etl schema check says what to write instead';
    return { registry: undefined, finding: refused('schemas', error, advice) };
  }
}

/** Whether the operator's own Python loads, and what it declares. */
export async function checkPythonDir(settings: Settings): Promise<Finding> {
  const check = 'ETL_PYTHON_DIR';
  try {
    const found = await loadExtensions(settings, openLog('silent', 2), (problem) => problem);
    if (found === undefined) return ok(check, 'not set: no code of your own');
    const rules = Object.entries(found.rules).flatMap(([schema, names]) =>
      names.map((name) => `${schema}.${name}`),
    );
    const functions = `functions ${listed(found.functions)}`;
    return ok(check, `${found.dir}: ${functions}; business rules ${listed(rules)}`);
  } catch (error) {
    return refused(check, error, 'mend the files, or name another folder');
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

function refused(check: string, error: unknown, advice: string): Finding {
  if (error instanceof StartError) return fail(check, error.problems.join('\n'), advice);
  throw error;
}
