import { expect, test } from 'vitest'
import { openPrometheus } from '../../src/stack/prometheus.ts'
import { until } from '../support/until.ts'

test('a local Prometheus scrapes what it is told to, and answers queries', async () => {
  const config = { global: { scrape_interval: '1s' }, scrape_configs: [] as object[] }
  await using server = await openPrometheus(JSON.stringify(config))
  const answer = await until(
    async () => {
      const response = await fetch(`${server.url}/api/v1/query?query=vector(7)`)
      return response.ok ? ((await response.json()) as { data: { result: { value: [number, string] }[] } }) : null
    },
    { what: 'Prometheus answers' },
  )
  expect(answer.data.result[0]?.value[1]).toBe('7')
})
