// What a running millrace says of itself on /metrics, sample by sample.

import type { Millrace } from './millrace.ts'

/** By the sample as it is printed, with its labels: `name{label="value"}`. */
export async function scraped({ url }: Pick<Millrace, 'url'>): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}
