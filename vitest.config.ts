import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const real = { testTimeout: 60_000, hookTimeout: 60_000 };
const LONGEST = ['benchmark.test.ts', 'setup.test.ts'];

/** Begins with the files that take longest, so that none is left at the end beside idle cores. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      LONGEST.some((name) => moduleId.endsWith(`/${name}`)) ? 0 : 1;
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Tests leave nothing behind, so files share what a worker has imported.
        test: {
          name: 'unit',
          include: ['tests/ts/**/*.test.ts'],
          testTimeout: 20_000,
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        // Real servers, each in a folder and on a port of its own.
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          ...real,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Workers that misbehave are timed: one file at a time.
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          ...real,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
