// What one run of one contender came to.

export interface Measured {
  readonly rows: number
  readonly seconds: number
  /** Of the whole process, in user and system mode. */
  readonly cpuSeconds: number
  /** The most memory it ever had resident. */
  readonly residentMaxMib: number
}

export function rowsPerSecond({ rows, seconds }: Measured): number {
  return rows / seconds
}

export function cpuPerMillion({ rows, cpuSeconds }: Measured): number {
  return (cpuSeconds / rows) * 1e6
}
