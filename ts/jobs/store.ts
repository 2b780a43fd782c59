import Database from 'libsql';
import { messageOf, StartError, systemCode } from '../errors.js';
import type { JobRecord } from './record.js';
import type { JobState } from './resource.js';

const FORMAT = 2;
const LOCK_WAIT_MS = 1_000;

const TABLES = `
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_by_state ON jobs (state, seq);
  CREATE TABLE targets (
    path TEXT PRIMARY KEY,
    version TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = ${FORMAT};
`;

/** How a job was asked for: what tells a repeated request from another one. */
export interface Submission {
  readonly record: JobRecord;
  readonly fingerprint: string;
  readonly idempotencyKey: string | null;
}

/** A page of jobs, newest first; `next` is the position to go on from. */
export interface JobPage {
  readonly records: JobRecord[];
  readonly next: number | undefined;
}

/** libsql ends the process on a boolean, a Buffer or a Date as parameter, and cuts at NUL. */
type Parameter = string | number | null;
type Row = Readonly<Record<string, Parameter>>;

/**
 * The jobs, in one SQLite file that a single server holds: every change is synced to the disk
 * before the call returns.
 */
export class JobStore {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /**
   * Opens the store, makes its tables where they are missing, and locks it for this process.
   *
   * @param path - the file, or `:memory:` for a store that ends with the process.
   * @throws StartError when another process holds the file, or it is not one of ours.
   */
  static open(path: string): JobStore {
    try {
      const store = new JobStore(new Database(path, { timeout: LOCK_WAIT_MS }));
      store.#prepare();
      return store;
    } catch (error) {
      if (error instanceof StartError) throw error;
      throw new StartError([`${path}: ${reasonOf(error)}`], { cause: error });
    }
  }

  /** Adds a job that was not there. */
  insert({ record, fingerprint, idempotencyKey }: Submission): void {
    const { job_id, state } = record.job;
    this.#run(
      `INSERT INTO jobs (job_id, idempotency_key, fingerprint, state, record)
       VALUES (?, ?, ?, ?, ?)`,
      [job_id, idempotencyKey, fingerprint, state, JSON.stringify(record)],
    );
  }

  /** Writes what has become of a job. */
  update(record: JobRecord): void {
    const { job_id, state } = record.job;
    this.#run('UPDATE jobs SET state = ?, record = ? WHERE job_id = ?', [
      state,
      JSON.stringify(record),
      job_id,
    ]);
  }

  /** Writes that a job has succeeded, and at once which version it has put at its target. */
  succeed(record: JobRecord, version: string): void {
    const write = this.#database.transaction(() => {
      this.update(record);
      this.#run('INSERT OR REPLACE INTO targets (path, version) VALUES (?, ?)', [
        record.target,
        version,
      ]);
    });
    write();
  }

  find(jobId: string): JobRecord | undefined {
    return this.#rows('SELECT record FROM jobs WHERE job_id = ?', [jobId]).map(recordOf)[0];
  }

  /** The jobs that were submitted under this id or this key: none, one, or two at odds. */
  submissions(jobId: string | null, idempotencyKey: string | null): Submission[] {
    const rows = this.#rows(
      `SELECT record, fingerprint, idempotency_key FROM jobs
       WHERE job_id = ? OR idempotency_key = ?`,
      [jobId, idempotencyKey],
    );
    return rows.map((row) => ({
      record: recordOf(row),
      fingerprint: String(row.fingerprint),
      idempotencyKey: row.idempotency_key === null ? null : String(row.idempotency_key),
    }));
  }

  /** Jobs from the newest on, older than the position `before`. */
  list(options: { state?: JobState; before?: number; limit: number }): JobPage {
    const { state = null, before = Number.MAX_SAFE_INTEGER, limit } = options;
    const rows = this.#rows(
      `SELECT seq, record FROM jobs WHERE seq < ? AND (? IS NULL OR state = ?)
       ORDER BY seq DESC LIMIT ?`,
      [before, state, state, limit + 1],
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      records: page.map(recordOf),
      next: rows.length > limit && last ? Number(last.seq) : undefined,
    };
  }

  /** The jobs that are not at their end, in the order of their submission. */
  unfinished(): JobRecord[] {
    const rows = this.#rows(
      `SELECT record FROM jobs WHERE state IN ('queued', 'running', 'cancelling') ORDER BY seq`,
      [],
    );
    return rows.map(recordOf);
  }

  /** The version that a job put at this target last, as far as this store knows. */
  publishedVersion(target: string): string | undefined {
    const [published] = this.#rows('SELECT version FROM targets WHERE path = ?', [target]);
    return published && String(published.version);
  }

  /** Throws when the store does not answer. */
  check(): void {
    this.#rows('SELECT seq FROM jobs LIMIT 1', []);
  }

  close(): void {
    // libsql keeps the file open until its statements are collected, and in WAL the lock with it.
    this.#rows('PRAGMA journal_mode = DELETE', []);
    this.#rows('PRAGMA locking_mode = NORMAL', []);
    this.check();
    this.#database.close();
  }

  #prepare(): void {
    // Held from the first access on. With one connection, WAL cannot lose a commit.
    this.#rows('PRAGMA locking_mode = EXCLUSIVE', []);
    this.#rows('PRAGMA journal_mode = WAL', []);
    this.#rows('PRAGMA synchronous = FULL', []);
    this.#database.exec('BEGIN EXCLUSIVE');
    const format = Number(this.#rows('PRAGMA user_version', [])[0]?.user_version);
    if (format !== 0 && format !== FORMAT) {
      const problem = `the job store is of format ${format}, this version reads ${FORMAT}; move it away, or set ETL_STATE_DIR to another folder`;
      throw new StartError([problem]);
    }
    if (format === 0) this.#database.exec(TABLES);
    this.#database.exec('COMMIT');
  }

  #run(sql: string, parameters: Parameter[]): void {
    this.#database.prepare(sql).run(parameters);
  }

  #rows(sql: string, parameters: Parameter[]): Row[] {
    return this.#database.prepare(sql).all(parameters) as Row[];
  }
}

function recordOf(row: Row): JobRecord {
  return JSON.parse(String(row.record)) as JobRecord;
}

function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'SQLITE_BUSY':
      return 'another server uses this state folder; stop it, or set ETL_STATE_DIR to another folder';
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return 'this is no job store, or it is damaged; move it away, or set ETL_STATE_DIR to another folder';
    default:
      return `the job store cannot be opened: ${messageOf(error)}`;
  }
}
