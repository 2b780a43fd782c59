import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ROOT } from './support/server.js';

interface Report {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly rows: readonly { readonly name: string; readonly median_s: number }[];
  readonly goals: readonly { readonly name: string; readonly measured: number }[];
}

/**
 * The report of a smoke run of `npm run TASK`. It says nothing of speed, but fails where the
 * contestants do not find, or make, the same.
 */
async function smokeRun(task: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'etl-benchmark-'));
  try {
    const file = join(folder, 'report.json');
    const args = [join(ROOT, 'scripts/run.cjs'), task, '--quick', '--json', file];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    expect(stdout).toContain('a smoke run');
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    expect(report.rows.every(({ median_s }) => median_s > 0)).toBe(true);
    expect(report.goals.every(({ measured }) => Number.isFinite(measured))).toBe(true);
    expect(Object.keys(report.meta)).toEqual(
      expect.arrayContaining(['date', 'cores', 'memory', 'versions']),
    );
    return report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

it('npm run benchmark compares contestants that find the same bad rows', async () => {
  const { rows, goals } = await smokeRun('benchmark');
  expect(new Set(names(rows))).toEqual(
    new Set([
      ...['zod', 'ours in Node', 'pydantic', 'ours, 1 core', 'ours', 'dataframely', 'pandera'],
    ]),
  );
  expect(names(goals)).toEqual([
    ...['node_beside_zod', 'columnar_beside_pydantic'],
    ...['columnar_beside_pydantic_10_percent_bad', 'columnar_beside_dataframely'],
  ]);
}, 300_000);

it('npm run benchmark:engine compares whole jobs that make the same files', async () => {
  const { rows, goals } = await smokeRun('benchmark:engine');
  const whole = ['duckdb', 'polars', 'pandas', 'ours', 'ours, 1 % bad', 'ours, 10 % bad'];
  const validated = ['polars, dataframely', 'pandas, pandera', 'pandas, Pydantic'];
  expect(names(rows)).toEqual(
    expect.arrayContaining([
      ...['read, duckdb', 'read, ours', 'parquet, duckdb', 'parquet, ours', 'deduplicate, ours'],
      ...[...whole, ...validated, 'dlt, Arrow', 'dlt, rows, sample'].map((who) => `whole, ${who}`),
      ...['whole, ours, large', 'whole, duckdb, large', 'whole, polars, large'],
    ]),
  );
  expect(names(goals)).toEqual([
    ...['typed_read', 'validated_parquet_beside_copy', 'whole_beside_best_script'],
    ...['whole_beside_best_validated', 'whole_beside_dlt_arrow', 'whole_beside_dlt_rows'],
    ...['ten_percent_bad', 'peak_memory', 'peak_memory_large', 'time_per_byte_large'],
  ]);
}, 300_000);

it('npm run benchmark:dataframes compares ways to Python that give the same back', async () => {
  const { rows, goals } = await smokeRun('benchmark:dataframes');
  expect(names(rows)).toEqual(
    expect.arrayContaining([
      ...['round trip, ours', 'round trip, fastapi', 'round trip, pythonia'],
      ...['there and back, ours, objects', 'there and back, ours, table'],
      ...['there and back, JSON lines', 'one way, ours', 'one way, memcpy'],
      ...['busy calls, workers: 2', 'callers: 64', 'validation, dual', 'validation, zod'],
    ]),
  );
  expect(names(goals)).toEqual([
    ...['round_trip_beside_fastapi', 'round_trip_beside_pythonia'],
    ...['objects_beside_json', 'objects_memory_beside_json', 'table_beside_json'],
    ...['table_beside_memcpy', 'encoder_beside_builders', 'encoder_beside_json', 'two_workers'],
    ...['callers_throughput', 'callers_p99', 'callers_memory', 'dual_beside_zod_5000'],
  ]);
}, 300_000);

it('npm run benchmark:vs-microservices compares services that give the same back', async () => {
  const { rows, goals } = await smokeRun('benchmark:vs-microservices');
  expect(new Set(names(rows))).toEqual(
    new Set([...['ours, rows', 'ours, table', 'microservice, rows', 'microservice, table']]),
  );
  expect(names(goals)).toEqual([
    ...['rows_3000_beside_microservice', 'table_3000_beside_microservice'],
  ]);
}, 300_000);
