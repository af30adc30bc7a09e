// What a new run is about, as a part of its form.

import type { Signal } from '@preact/signals'
import { Field } from '../part/field.tsx'
import { KINDS, type KindName, type Typed } from './run-form.ts'

interface RunFieldsProps {
  readonly kind: Signal<KindName>
  readonly typed: Signal<Typed>
  readonly connectors: readonly string[]
}

export function RunFields({ kind, typed, connectors }: RunFieldsProps) {
  const { about, fields } = KINDS[kind.value]
  const change = (part: keyof Typed) => (value: string) => {
    typed.value = { ...typed.value, [part]: value }
  }
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
        <Field label="Connector" value={typed.value.connector} change={change('connector')} options={connectors} />
        {fields.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} value={typed.value[name]} change={change(name)} />
        ))}
      </div>
    </>
  )
}
