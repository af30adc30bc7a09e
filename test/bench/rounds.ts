// Contenders run in turn, round after round, so that what else the machine does meets all of them alike; of each the
// median counts.

import { cpuPerMillion, type Measured, rowsPerSecond } from './measured.ts'

export interface Medians {
  readonly rowsPerSecond: number
  /** CPU seconds for a million rows. */
  readonly cpuPerMillion: number
  readonly residentMaxMib: number
  /** Slowest and fastest round. */
  readonly range: readonly [number, number]
}

export interface RoundsOptions<Name extends string> {
  readonly rounds: number
  readonly names: readonly Name[]
  readonly run: (name: Name, round: number) => Promise<Measured>
}

export async function mediansOf<Name extends string>(options: RoundsOptions<Name>): Promise<Record<Name, Medians>> {
  const { rounds, names, run } = options
  const all = new Map<Name, Measured[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of turned(names, round)) all.get(name)?.push(await run(name, round))
  }
  return Object.fromEntries([...all].map(([name, measured]) => [name, medians(measured)])) as Record<Name, Medians>
}

/** Every round begins with another one: whoever comes first has a colder machine. */
function turned<Name>(names: readonly Name[], round: number): readonly Name[] {
  const by = round % names.length
  return [...names.slice(by), ...names.slice(0, by)]
}

function medians(measured: readonly Measured[]): Medians {
  const rates = measured.map(rowsPerSecond)
  return {
    rowsPerSecond: median(rates),
    cpuPerMillion: median(measured.map(cpuPerMillion)),
    residentMaxMib: median(measured.map((one) => one.residentMaxMib)),
    range: [Math.min(...rates), Math.max(...rates)],
  }
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/** The least of the numbers that this share of them does not exceed. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
