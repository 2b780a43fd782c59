import { extname } from 'node:path';
import type { JobRequest } from '../generated/api/job-request.js';

/** The formats that files are read and written in. */
export type FileFormat = JobRequest['target_type'];

/** The formats by extension; `.arrows` is an Arrow stream. */
const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  parquet: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
};

/** The extensions that say a format, without their dot. */
export const EXTENSIONS = Object.keys(BY_EXTENSION);

/** The names of the formats. */
export const FORMATS: readonly FileFormat[] = [...new Set(Object.values(BY_EXTENSION))];

/** The format that the extension of a path says; undefined where it says none. */
export function formatOf(path: string): FileFormat | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
}

/** Whether a value is the name of a format. */
export function isFormat(value: unknown): value is FileFormat {
  return FORMATS.some((format) => format === value);
}
