// What a dry run foresees.

import { count, counted } from '../part/figures.ts'

export interface Forecast {
  readonly rows: number
  readonly rows_exact: boolean
  readonly sample: { readonly rows: number; readonly [outcome: string]: unknown }
  readonly write_units: number | null
  readonly minutes: number | null
}

/** Of one row, and of several. */
const OUTCOMES = {
  applied: ['would be written', 'would be written'],
  exists: ['is known already', 'are known already'],
  stale: ['is stale', 'are stale'],
  rejected: ['cannot be written', 'cannot be written'],
} as const

export function ForecastFacts({ forecast }: { readonly forecast: Forecast }) {
  const { rows, rows_exact: isExact, sample, write_units: units, minutes } = forecast
  const told = Object.entries(OUTCOMES).filter(([name]) => Number(sample[name] ?? 0) > 0)
  return (
    <section class="forecast" aria-label="What it would do">
      <p>
        <strong>
          {isExact ? '' : 'At least '}
          {counted(rows, 'row')}
        </strong>
        {units !== null && `, about ${counted(units, 'write unit')}`}
        {minutes !== null && `, about ${minutes <= 1 ? 'a minute' : `${count(minutes)} minutes`}`}. Nothing has been
        written.
      </p>
      <p class="quiet">
        Of a sample of {counted(sample.rows, 'row')},{' '}
        {told.length === 0
          ? 'nothing can be said'
          : told.map(([name, [one, many]]) => counted(Number(sample[name]), one, many)).join(', ')}
        .
      </p>
    </section>
  )
}
