import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longest-first.ts'

// Every test file is a process of its own: what one has compiled, those after it need not, nor the processes they start.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One more than the two processors that are counted on: most tests wait for a server half of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    silent: 'passed-only',
  },
})
