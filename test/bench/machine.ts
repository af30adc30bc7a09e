// What the figures were measured on, in one sentence.

import { availableParallelism, cpus, totalmem } from 'node:os'

export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown'
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} cores of ${model}, ${memory} GiB, Node ${process.versions.node}`
}
