// How fast changes go from DynamoDB to MySQL.

import type { Benchmark } from '../benchmark.ts'
import { sinkReport } from './sink-report.ts'

export const TWO_WAY: Benchmark = {
  name: 'two-way',
  run: async (setting) => [await sinkReport(setting)],
}
