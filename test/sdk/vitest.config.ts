// `npm run test:sdks`, which is no part of `npm test`: it wants other languages' tools, and their registries.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['module-sync', 'node'] } },
  test: {
    include: ['test/sdk/sdks.test.ts'],
    globalSetup: 'test/support/start-postgres.ts',
    reporters: ['verbose', 'json'],
    outputFile: { json: 'test/.output/sdks.json' },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // One after the other: what an SDK sends is told from what another sends by when it came.
    fileParallelism: false,
  },
})
