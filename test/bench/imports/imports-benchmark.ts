// How fast files and accounts come into MySQL, and what memory that takes.

import type { Benchmark } from '../benchmark.ts'
import { csvReport } from './csv-report.ts'
import { squareReport } from './square-report.ts'

export const IMPORTS: Benchmark = {
  name: 'imports',
  run: async (setting) => [await csvReport(setting), await squareReport(setting)],
}
