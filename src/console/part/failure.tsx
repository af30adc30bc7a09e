// An error where something should have been: what it is, what to do, and to try again.

import type { ApiError } from './api-error.ts'
import { Icon } from './icon.tsx'

interface FailureProps {
  readonly error: ApiError
  readonly again?: () => unknown
  readonly againText?: string
}

export function Failure({ error, again, againText = 'Try again' }: FailureProps) {
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <div>
        <p>
          <strong>{sentence(error.message)}</strong> <code>{error.code}</code>
        </p>
        <p class="quiet">{error.hint}</p>
        {again !== undefined && (
          <button type="button" onClick={() => void again()}>
            {againText}
          </button>
        )}
      </div>
    </div>
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
