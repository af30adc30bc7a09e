// What there is to say of a metric, and the steps that histograms go by.

export interface MetricSpec {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly about: string
  readonly labels: readonly string[]
  readonly buckets?: readonly number[]
}

export const LATENCY_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
export const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
/** Of an answer over HTTP: few steps, for there are many routes. */
export const ANSWER_S = [0.005, 0.025, 0.1, 0.5, 2.5, 10]
/** Of a run: from seconds to days. */
export const RUN_S = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400]
