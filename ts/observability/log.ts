import pino from 'pino';

export type Log = pino.Logger;

/** The levels that LOG_LEVEL takes. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Opens the log: one JSON object a line with `time`, `severity`, `event`, `message`.
 *
 * Values of rows go to `debug` and below, never above. Lines are written synchronously, so that
 * the last one before an exit is not lost.
 *
 * @param level - the least severe level that is written.
 * @param destination - 1 for the server; 2 where stdout carries data; or a stream.
 */
export function openLog(level: LogLevel, destination: 1 | 2 | pino.DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ severity: label.toUpperCase() }) },
    },
    typeof destination === 'number'
      ? pino.destination({ fd: destination, sync: true })
      : destination,
  );
}
