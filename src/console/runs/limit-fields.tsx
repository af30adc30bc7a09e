// The limits of a run, as a part of a form; what is left empty is no limit.

import type { Signal } from '@preact/signals'
import type { RunView } from '../../control/run-view.ts'
import { Field } from '../part/field.tsx'

export interface LimitsTyped {
  readonly rows: string
  readonly units: string
  readonly share: string
}

export const NO_LIMITS: LimitsTyped = { rows: '', units: '', share: '' }

export function LimitFields({ typed }: { readonly typed: Signal<LimitsTyped> }) {
  const change = (part: keyof LimitsTyped) => (value: string) => {
    typed.value = { ...typed.value, [part]: value }
  }
  const { rows, units, share } = typed.value
  const fault = (text: string, most?: number) =>
    isLimit(text, most) ? null : `A number above 0${most === undefined ? '' : `, up to ${most}`}`
  return (
    <div class="fields">
      <Field
        label="Rows per second"
        isNumber
        value={rows}
        change={change('rows')}
        hint="Empty: no limit"
        fault={fault(rows)}
      />
      <Field
        label="Write units per second"
        isNumber
        value={units}
        change={change('units')}
        hint="Of DynamoDB"
        fault={fault(units)}
      />
      <Field
        label="Share of the source, %"
        isNumber
        value={share}
        change={change('share')}
        hint="Of its time"
        fault={fault(share, 100)}
      />
    </div>
  )
}

export function typedOf({ rows_per_second, write_units_per_second, source_share }: RunView['limits']): LimitsTyped {
  const text = (value: number | null) => (value === null ? '' : String(value))
  return {
    rows: text(rows_per_second),
    units: text(write_units_per_second),
    share: text(source_share === null ? null : Number((source_share * 100).toFixed(6))),
  }
}

export function areLimits({ rows, units, share }: LimitsTyped): boolean {
  return isLimit(rows) && isLimit(units) && isLimit(share, 100)
}

function isLimit(text: string, most = Number.MAX_SAFE_INTEGER): boolean {
  return text.trim() === '' || (Number(text) > 0 && Number(text) <= most)
}

/** As the API takes them; only of what areLimits. */
export function limitsIn({ rows, units, share }: LimitsTyped): object {
  const number = (text: string) => (text.trim() === '' ? null : Number(text))
  const percent = number(share)
  return {
    rows_per_second: number(rows),
    write_units_per_second: number(units),
    source_share: percent === null ? null : percent / 100,
  }
}
