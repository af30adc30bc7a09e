// One line of a form: its label, what is typed, what it means, and what is wrong with it.

import { useId } from 'preact/hooks'

export interface FieldProps {
  readonly label: string
  readonly value: string
  readonly change: (value: string) => void
  readonly hint?: string
  readonly fault?: string | null
  readonly isNumber?: boolean
  readonly isRequired?: boolean
  /** To choose from; otherwise it is typed. */
  readonly options?: readonly string[]
}

export function Field({ label, value, change, hint, fault, isNumber, isRequired, options }: FieldProps) {
  const id = useId()
  const told = fault ?? hint
  const about = told === undefined ? undefined : `${id}-about`
  const shared = { id, value, required: isRequired, 'aria-invalid': fault != null, 'aria-describedby': about }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {options === undefined ? (
        <input
          {...shared}
          inputMode={isNumber ? 'decimal' : 'text'}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      ) : (
        <select {...shared} onChange={({ currentTarget }) => change(currentTarget.value)}>
          {options.map((option) => (
            <option key={option} value={option}>
              {option === '' ? 'All' : option}
            </option>
          ))}
        </select>
      )}
      {/* Where nothing is told there is its room alone, as fields stand side by side. */}
      <p id={about} class={fault == null ? 'quiet' : 'fault'} aria-hidden={told === undefined || undefined}>
        {told}
      </p>
    </div>
  )
}
