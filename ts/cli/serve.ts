import { startServer } from '../server.js';
import { EXIT, type ExitCode } from './exit.js';

/** `etl serve`: serves until the first SIGTERM or Ctrl-C; the second ends the process at once. */
export async function serve(): Promise<ExitCode> {
  const server = await startServer();
  await new Promise<void>((resolve) => {
    let isStopping = false;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (isStopping) process.exit(EXIT.interrupted);
        isStopping = true;
        resolve();
      });
    }
  });
  await server.close();
  return EXIT.ok;
}
