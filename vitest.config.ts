// Three kinds of tests, by what they may touch: see test/README.md. They run one kind after the other, so that the
// browser's tests, which measure time, do not share two cores with the rest.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Else graphql is loaded twice, once as CommonJS, and refuses to work with its other self.
  ssr: { resolve: { conditions: ['module-sync', 'node'] } },
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test/.output/report.json' },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 10_000, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/support/start-postgres.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/start-postgres.ts', 'test/support/build-app.ts'],
          testTimeout: 90_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
