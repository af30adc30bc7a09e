// How fast changes go from DynamoDB to MySQL, how soon they are there, and what it costs to wait for them.

import { openMysql } from '../../../src/stack/mysql.ts'
import type { Benchmark } from '../benchmark.ts'
import { idleReport } from './idle-report.ts'
import { latencyReport } from './latency-report.ts'
import { sinkReport } from './sink-report.ts'
import { streamReport } from './stream-report.ts'

export const TWO_WAY: Benchmark = {
  name: 'two-way',
  run: async (setting) => {
    await using mysql = await openMysql()
    const reports = []
    for (const measure of [streamReport, latencyReport, idleReport, sinkReport]) {
      setting.say(`  ${measure.name}`)
      reports.push(await measure(setting, mysql))
    }
    return reports
  },
}
