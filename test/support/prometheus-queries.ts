// Asks a Prometheus what it knows.

import { z } from 'zod'

const Series = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.string()])),
})
const Range = z.object({ data: z.object({ result: z.array(Series) }) })
const Found = z.object({ data: z.array(z.record(z.string(), z.string())) })
const Rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
})
const Texts = z.record(z.string(), z.string())
const Alerts = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: Texts, annotations: Texts, state: z.string() })) }),
})
export type Alert = z.infer<typeof Alerts>['data']['alerts'][number]
export type Rule = z.infer<typeof Rules>['data']['groups'][number]['rules'][number]

export class PrometheusQueries {
  readonly #url: string

  constructor({ url }: { readonly url: string }) {
    this.#url = url
  }

  /** How many finite values the expression has had since then, second by second; throws for one that is not understood. */
  async valuesSince(fromMs: number, expr: string): Promise<number> {
    const asked = { query: expr, start: String(fromMs / 1000), end: String(Date.now() / 1000), step: '1' }
    const { data } = Range.parse(await this.#ask(`/api/v1/query_range?${new URLSearchParams(asked)}`))
    return data.result.flatMap(({ values }) => values.filter(([, value]) => Number.isFinite(Number(value)))).length
  }

  /** The labels of all series of that selector. */
  async series(selector: string): Promise<readonly Readonly<Record<string, string>>[]> {
    return Found.parse(await this.#ask(`/api/v1/series?${new URLSearchParams({ 'match[]': selector })}`)).data
  }

  async rules(): Promise<readonly Rule[]> {
    return Rules.parse(await this.#ask('/api/v1/rules')).data.groups.flatMap(({ rules }) => rules)
  }

  /** Those that fire. */
  async firing(): Promise<readonly Alert[]> {
    const { alerts } = Alerts.parse(await this.#ask('/api/v1/alerts')).data
    return alerts.filter(({ state }) => state === 'firing')
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`)
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
    return answer.json()
  }
}
