#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { systemCode } from '../errors.js';
import { VERSION } from '../version.js';
import { complaintOf, EXIT, type ExitCode } from './exit.js';
import { complain } from './terminal.js';

const wantsJson = process.argv.includes('--json');
const interrupted = new AbortController();

/** Each command loads its own modules, so that help and typos are answered at once. */
function program(): Command {
  const etl = new Command('etl')
    .description('Validate, transform and publish records: a server, and commands')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });

  etl
    .command('serve')
    .description('serve the HTTP API until SIGTERM or Ctrl-C; settings come from the environment')
    .action(async () => {
      const { serve } = await import('./serve.js');
      process.exitCode = await serve();
    });

  etl
    .command('validate')
    .description(
      'judge the records of a CSV, JSON, NDJSON, Parquet or Arrow file by a record schema',
    )
    .argument('<file>', 'the file; its extension says the format')
    .requiredOption('--schema <name|file>', 'a record schema by name, or a JSON Schema file')
    .addOption(
      new Option('--mode <mode>', 'which layers judge JSON rows').choices([
        'dual',
        'zod',
        'pydantic',
      ]),
    )
    .option('--max-errors <n>', 'how many errors to print; the counts are always exact', '1000')
    .option('--json', 'print JSON lines: the error records, then the counts')
    .action(async (file, options) => {
      const { validate } = await import('./validate.js');
      process.exitCode = await validate(file, options, untilInterrupted());
    });

  etl
    .command('run')
    .description('run a job to its end, in this process or on a server')
    .argument('<job>', 'a JSON file with the body of POST /api/v1/jobs')
    .option('--server <url>', 'submit the job to this server')
    .option('--json', 'print the job, with its report, as one JSON line')
    .action(async (file, options) => {
      const { run } = await import('./run.js');
      process.exitCode = await run(file, options, untilInterrupted());
    });

  etl
    .command('report')
    .description('show what a job that ended on a server did: steps, rejects, columns')
    .argument('<job_id>', 'the job')
    .addOption(new Option('--server <url>', 'the server').default('http://127.0.0.1:3000'))
    .option('--json', 'print what GET /api/v1/jobs/:id/report answers')
    .action(async (jobId, options) => {
      const { report } = await import('./report.js');
      process.exitCode = await report(jobId, options, untilInterrupted());
    });

  addSchemaCommands(etl.command('schema').description('work with record schemas'));

  etl
    .command('conformance')
    .description('judge test files in the format of the JSON-Schema-Test-Suite by every layer')
    .argument('<file...>', 'JSON files of [{description, schema, tests: [{data or json, valid}]}]')
    .option('--json', 'JSON lines, which is what it always prints')
    .action(async (files) => {
      const { conformance } = await import('./conformance.js');
      process.exitCode = await conformance(files, untilInterrupted());
    });

  etl
    .command('doctor')
    .description('say whether everything is there that a server needs, and what to do if not')
    .option('--json', 'print a JSON line for each check')
    .action(async (options) => {
      const { doctor } = await import('./doctor.js');
      process.exitCode = await doctor(options, untilInterrupted());
    });
  return etl;
}

function addSchemaCommands(schema: Command): void {
  schema
    .command('check')
    .description('say what is wrong with schemas, and what to write instead')
    .argument('[path...]', 'schema files, or folders of NAME.schema.json', [])
    .option('--json', 'print a JSON line for each file')
    .action(async (paths, options) => {
      const { checkAll } = await import('./schema-check.js');
      process.exitCode = await checkAll(paths, options, untilInterrupted());
    });

  schema
    .command('infer')
    .description('draft a schema that accepts a file; a comment says what each guess rests on')
    .argument('<file>', 'a CSV, JSON, NDJSON, Parquet or Arrow file')
    .option('--name <name>', 'the name of the schema, by default that of the file')
    .option('--out <file|folder>', 'where it is written; it is printed by default')
    .addOption(
      new Option('--type <format>', 'the format; the extension says it by default').choices([
        'csv',
        'json',
        'ndjson',
        'parquet',
        'arrow',
      ]),
    )
    .option('--delimiter <character>', 'of CSV; detected by default')
    .option('--null-values <text...>', 'fields of CSV that mean an absent value; empty by default')
    .action(async (file, options) => {
      const { inferOne } = await import('./schema-infer.js');
      process.exitCode = await inferOne(file, options, untilInterrupted());
    });

  schema
    .command('show')
    .description('show a record schema: its columns, how they are judged, its generated sources')
    .argument('<name|file>', 'a record schema by name, or a JSON Schema file')
    .addOption(
      new Option('--zod', 'print the TypeScript module').conflicts(['pydantic', 'columns']),
    )
    .addOption(new Option('--pydantic', 'print the Python module').conflicts('columns'))
    .option('--columns', 'print the columns alone')
    .addOption(
      new Option('--json', 'print what GET /api/v1/schemas/:name answers').conflicts([
        'zod',
        'pydantic',
        'columns',
      ]),
    )
    .action(async (name, options) => {
      const { showSchema } = await import('./schema-show.js');
      process.exitCode = await showSchema(name, options, untilInterrupted());
    });

  schema
    .command('compile')
    .description('write the Zod and Pydantic modules of record schemas, for code of your own')
    .argument('[folder|file]', 'NAME.schema.json, or a folder of them; ETL_SCHEMA_DIR by default')
    .requiredOption('--out <folder>', 'where the modules are written')
    .option('--json', 'print a JSON line for each module')
    .action(async (given, options) => {
      const { compileAll } = await import('./schema-compile.js');
      process.exitCode = await compileAll(given, options, untilInterrupted());
    });
}

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the process at once. */
function untilInterrupted(): AbortSignal {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
      interrupted.abort();
    });
  }
  return interrupted.signal;
}

let outputEnd: ExitCode | undefined;
// A reader that has seen enough, as in `etl … | head`, is no failure; the command cleans up.
process.stdout.on('error', (error) => {
  outputEnd ??= systemCode(error) === 'EPIPE' ? EXIT.ok : EXIT.failed;
  interrupted.abort();
});
process.on('exit', () => {
  process.exitCode = outputEnd ?? process.exitCode;
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) process.exit(EXIT.ok);
    // The help has been shown, as no command was given.
    if (error.code === 'commander.help') process.exit(EXIT.usage);
  }
  if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
  const complaint = complaintOf(error);
  complain(complaint, wantsJson);
  process.exitCode = complaint.exitCode;
}
