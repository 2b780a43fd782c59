import { defineConfig } from 'vitest/config';

const real = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/ts/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        // Real servers, each in a folder and on a port of its own; mostly they wait.
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
