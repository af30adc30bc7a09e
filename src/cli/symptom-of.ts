// A symptom of what is given, and the words for an error: by its code alone, whatever it quotes.

import { CAUSE_OF } from '../core/cause.ts'
import { ERRORS, type ErrorCode } from '../core/errors.ts'
import type { Symptom } from '../core/symptom.ts'

type Given = Pick<Symptom, 'key' | 'group' | 'what' | 'why' | 'mend'> & Partial<Symptom>

export function symptomOf(given: Given): Symptom {
  return { severity: 'warning', cause: null, command: null, link: null, count: null, lastsMs: 0, ...given }
}

/** An error by its code alone: its message may quote what somebody wrote, and so may a hint that was made for it. */
export function ofError(code: string): Pick<Symptom, 'why' | 'cause' | 'mend'> {
  if (!isCode(code)) return { why: 'an error without a name', cause: 'defect', mend: 'The log of millrace has it.' }
  return { why: code, cause: CAUSE_OF[code], mend: ERRORS[code].hint }
}

export function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}
