import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { describe, expect, it } from 'vitest';
import { project } from './support/project.js';
import { ROOT } from './support/server.js';

const PAGE = readFileSync(join(ROOT, 'docs/python-functions.md'), 'utf8');
const block = (language: string) =>
  PAGE.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's'))?.[1] ?? '';

/** Runs the script of docs/python-functions.md beside a folder with the given functions. */
function runScript(functions: string) {
  const folder = project();
  symlinkSync(join(ROOT, 'node_modules/apache-arrow'), join(folder, 'node_modules/apache-arrow'));
  mkdirSync(join(folder, 'python'));
  writeFileSync(join(folder, 'python/prices.py'), functions);
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext };
  const { outputText } = transpileModule(block('ts'), { compilerOptions });
  writeFileSync(join(folder, 'script.js'), outputText);
  const env = { ...process.env, ETL_WORKERS: '1', NO_COLOR: '1' };
  return spawnSync(process.execPath, ['script.js'], { cwd: folder, env, encoding: 'utf8' });
}

describe('the script of docs/python-functions.md', () => {
  it('prints what the page says, and ends', () => {
    const { status, stdout, stderr } = runScript(block('python'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const scaled = 'Float64Array(2) [ 20, 40 ]\n';
    expect(stdout).toBe(`Float64Array(2) [ 5, 10 ]\n7 2\n${scaled.repeat(3)}`);
  });

  it('does not begin with functions that cannot be called, and says where', () => {
    const { status, stderr } = runScript(block('python').replace('data: pd.DataFrame', 'data'));
    expect(status).not.toBe(0);
    expect(stderr).toContain('prices.py:11: function add_margin: parameter data has no annotation');
  });
});
