/** The layers of docs/lifecycle.md, as rules. Each is proved by a planted violation in tests/ts/layers.test.ts. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'generated-imports-only-zod-and-checks',
      severity: 'error',
      from: { path: '(^|/)ts/generated/' },
      to: {
        pathNot: ['(^|/)ts/generated/', '(^|/)ts/schema/checks\\.ts$', '(^|/)node_modules/zod/'],
      },
    },
    {
      name: 'only-http-imports-express',
      severity: 'error',
      from: { pathNot: '(^|/)ts/http/' },
      to: { path: '(^|/)node_modules/(@types/)?express/' },
    },
    {
      name: 'only-bridge-spawns-processes',
      severity: 'error',
      from: { pathNot: '(^|/)ts/bridge/' },
      to: { path: '^(child_process|cluster|worker_threads)$' },
    },
    {
      name: 'only-bridge-touches-shared-memory',
      severity: 'error',
      from: { pathNot: '(^|/)ts/bridge/' },
      to: { path: '(^|/)node_modules/koffi/' },
    },
    {
      name: 'schema-stands-alone',
      severity: 'error',
      from: { path: '(^|/)ts/schema/' },
      to: { path: '(^|/)ts/(http|jobs|bridge|cli|pipeline)/' },
    },
    {
      name: 'bridge-knows-no-http-and-no-jobs',
      severity: 'error',
      from: { path: '(^|/)ts/bridge/' },
      to: { path: '(^|/)ts/(http|jobs|cli|pipeline)/' },
    },
    {
      name: 'jobs-know-no-http',
      severity: 'error',
      from: { path: '(^|/)ts/jobs/' },
      to: { path: '(^|/)ts/(http|cli)/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
