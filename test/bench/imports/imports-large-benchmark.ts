// Twenty million rows of a file, or as many as `--amount` says: it takes what a benchmark may not, and runs where it is named.

import type { Benchmark } from '../benchmark.ts'
import { largeReport } from './large-report.ts'

export const IMPORTS_LARGE: Benchmark = {
  name: 'imports-large',
  isLong: true,
  run: async (setting) => [await largeReport(setting)],
}
