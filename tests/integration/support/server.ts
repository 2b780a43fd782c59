import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { JobsClient } from '../../../ts/client.js';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

type Environment = Readonly<Record<string, string>>;
type LogEntry = Readonly<Record<string, unknown>>;

const closers: (() => unknown)[] = [];

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A working folder with `data/input/users.csv` in it, removed after the file's tests. */
export function workingFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'etl-server-')));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'data', 'input'), { recursive: true });
  copyFileSync(join(ROOT, 'data/input/users.csv'), join(folder, 'data/input/users.csv'));
  return folder;
}

/** The real server, in a process of its own. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly log: LogEntry[] = [];
  stderr = '';
  url = '';

  private constructor(folder: string, environment: Environment) {
    this.folder = folder;
    this.child = spawn(process.execPath, [MAIN, 'serve'], {
      cwd: folder,
      env: { ...process.env, PORT: '0', ETL_WORKERS: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stderr?.on('data', (text) => {
      this.stderr += text;
    });
  }

  /** Starts it and waits until it listens; it is stopped after the file's tests. */
  static async start(folder: string, environment: Environment = {}): Promise<ServerProcess> {
    const server = new ServerProcess(folder, environment);
    closers.push(() => server.kill('SIGKILL'));
    await server.#listening();
    return server;
  }

  /** Starts a server that is to refuse; gives what it said and how it ended. */
  static async refused(
    folder: string,
    environment: Environment,
  ): Promise<{ exitCode: number | null; stderr: string }> {
    const server = new ServerProcess(folder, environment);
    await new Promise((ended) => server.child.once('close', ended));
    return { exitCode: server.child.exitCode, stderr: server.stderr };
  }

  get jobs(): JobsClient {
    return new JobsClient(this.url);
  }

  /** Where a file of the server's working folder lies. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file below `data/`, and gives the path that a request names it by. */
  write(name: string, content: string | Buffer): string {
    writeFileSync(this.path(`data/${name}`), content);
    return `./data/${name}`;
  }

  async ready(): Promise<void> {
    while ((await fetch(`${this.url}/readyz`)).status !== 200) {
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Sends a signal and waits for the end; gives the exit code, or the signal's name. */
  async kill(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal);
    return this.ended();
  }

  /** Waits for the end; gives the exit code, or the signal's name. */
  async ended(): Promise<number | string> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((ended) => child.once('close', ended));
    }
    return child.exitCode ?? child.signalCode ?? 'gone';
  }

  #listening(): Promise<void> {
    return new Promise((listening, reject) => {
      let rest = '';
      this.child.stdout?.on('data', (text: Buffer) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const entry = JSON.parse(line) as LogEntry;
          this.log.push(entry);
          if (entry.event !== 'server.listening') continue;
          this.url = String(entry.url);
          listening();
        }
      });
      this.child.once('exit', (code) => reject(new Error(`the server ended: ${code}`)));
    });
  }
}
