// How a supervised part stands, for probes and for people.

import type { MillraceError } from '../core/errors.ts'

export type State =
  | { readonly is: 'running'; readonly sinceMs: number }
  | { readonly is: 'retrying'; readonly sinceMs: number; readonly error: MillraceError }
  /** Until a person acts: the error's hint says how. */
  | { readonly is: 'stopped'; readonly sinceMs: number; readonly error: MillraceError }
  /** As it was asked to. */
  | { readonly is: 'ended'; readonly sinceMs: number }
