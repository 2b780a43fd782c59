/** What one check of `etl doctor` has found. */
export interface Finding {
  readonly check: string;
  /** `warn`: it works, but worse than it could. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; given unless the status is `ok`. */
  readonly advice?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

export function warn(check: string, detail: string, advice: string): Finding {
  return { check, status: 'warn', detail, advice };
}

export function fail(check: string, detail: string, advice: string): Finding {
  return { check, status: 'fail', detail, advice };
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** A size as people read it. */
export function size(bytes: number): string {
  if (bytes >= GIB) return `${Math.round((bytes / GIB) * 10) / 10} GiB`;
  return `${Math.round(bytes / MIB)} MiB`;
}
