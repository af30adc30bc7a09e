// What a new run is about, as a part of its form.

import type { Signal } from '@preact/signals'
import type { ConnectorView } from '../../control/connector-view.ts'
import { Field } from '../part/field.tsx'
import { KINDS, type KindName, type Typed } from './run-form.ts'

interface RunFieldsProps {
  readonly kind: Signal<KindName>
  readonly typed: Signal<Typed>
  /** Those it can be done with; null: still to come. */
  readonly connectors: readonly ConnectorView[] | null
}

export function RunFields({ kind, typed, connectors }: RunFieldsProps) {
  const { about, fields } = KINDS[kind.value]
  const change = (part: keyof Typed) => (value: string) => {
    typed.value = { ...typed.value, [part]: value }
  }
  const chosen = connectors?.find(({ name }) => name === typed.value.connector)
  return (
    <>
      <fieldset class="choice">
        <legend class="unseen">Kind</legend>
        {(Object.keys(KINDS) as KindName[]).map((name) => (
          <label key={name}>
            <input type="radio" name="kind" checked={kind.value === name} onChange={() => (kind.value = name)} />
            <span>{KINDS[name].title}</span>
          </label>
        ))}
      </fieldset>
      <p class="quiet">{about}</p>
      <div class="fields">
        <Field
          label="Connector"
          value={typed.value.connector}
          // The tables are another one's.
          change={(connector) => (typed.value = { ...typed.value, connector, table: '' })}
          options={connectors?.map(({ name }) => name) ?? []}
        />
        <Field
          label="Table"
          hint="One of the connector's, or all"
          value={typed.value.table}
          change={change('table')}
          options={['', ...(chosen?.tables.map(({ name }) => name) ?? [])]}
        />
        {fields.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} value={typed.value[name]} change={change(name)} />
        ))}
      </div>
    </>
  )
}
