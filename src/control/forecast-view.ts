// What a dry run answers.

import type { Forecast } from '../pipeline/dry-run.ts'

export function forecastView({ rows, isExact, sample, writeUnits, minutes }: Forecast): object {
  const { writes, ...rowsOfSample } = sample
  const size = Object.values(rowsOfSample).reduce((sum, count) => sum + count, 0)
  return {
    dry_run: true,
    rows,
    /** There are at least so many when it is false: counting took too long. */
    rows_exact: isExact,
    /** What would become of the rows of the sample; the rest is taken to be like them. */
    sample: { rows: size, ...rowsOfSample, writes },
    write_units: writeUnits,
    minutes: minutes === null ? null : Math.ceil(minutes * 10) / 10,
  }
}
