import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { project } from './support/project.js';
import { MAIN, ROOT, ServerProcess } from './support/server.js';

const PAGE = readFileSync(join(ROOT, 'docs/schemas.md'), 'utf8');
const PYTHON = 'PYTHONPATH=py .venv/bin/python main.py';
const SERVE = 'ETL_SCHEMA_DIR=./schemas npm start';

/** What differs from one run to the next. */
const VOLATILE = new Set(['duration_ms', 'version']);
const volatileAsNull = (key: string, value: unknown) => (VOLATILE.has(key) ? null : value);

/** A block of the page in its order. */
interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = Array.from(
  PAGE.matchAll(/```(\w+)\n([\s\S]*?)```/g),
  ([, language = '', text = '']) => ({ language, text }),
);

describe('docs/schemas.md', () => {
  it('shows what its commands print, from the first to the last', async () => {
    const folder = project();
    let printed = '';
    let server: ServerProcess | undefined;
    for (const { language, text } of blocks) {
      if (language === 'sh' && text.trim() === PYTHON) {
        for (const name of ['py', '.venv']) symlinkSync(join(ROOT, name), join(folder, name));
        expect(await run(text, folder)).toBe('Help\n');
      } else if (language === 'sh' && text.trim() === SERVE) {
        server = await ServerProcess.start(folder, { ETL_SCHEMA_DIR: './schemas' });
        await server.ready();
      } else if (language === 'sh') {
        printed = await run(text.replaceAll('http://127.0.0.1:3000', server?.url ?? ''), folder);
      } else if (language === 'text') {
        expect(printed.replace(/\b[0-9a-f]{64}\b/, '…')).toBe(text);
      } else if (language === 'json') {
        expect(JSON.parse(printed, volatileAsNull)).toEqual(JSON.parse(text, volatileAsNull));
      } else if (language === 'ts') {
        writeFileSync(join(folder, 'main.ts'), text);
        const compiler = join(ROOT, 'node_modules/.bin/tsc');
        const options = '--strict --skipLibCheck --module nodenext --target es2023 --rootDir .';
        expect(await run(`${compiler} ${options} --outDir built main.ts`, folder)).toBe('');
        expect(await run('node built/main.js', folder)).toBe('Help\n');
      } else {
        writeFileSync(join(folder, 'main.py'), text);
      }
    }
    expect(blocks.map(({ language }) => language)).toEqual(
      expect.arrayContaining(['sh', 'text', 'json', 'ts', 'python']),
    );
  });
});

/** Runs a script as a reader would; what it prints on both streams, whatever its exit code. */
async function run(script: string, cwd: string): Promise<string> {
  const command = script.replaceAll('npm run etl --', `node ${MAIN}`);
  const options = { cwd, encoding: 'utf8' } as const;
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-c', `{ ${command}\n} 2>&1 || true`],
    options,
  );
  return stdout;
}
