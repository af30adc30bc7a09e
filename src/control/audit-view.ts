// Who did what, as people see it.

import { z } from 'zod'
import type { AuditEntry } from '../core/audit-entry.ts'
import type { AuditPage } from '../pipeline/audit-book.ts'

export function auditView({ who, what, run, atMs, details }: AuditEntry) {
  return { at: new Date(atMs).toISOString(), who, what, run, details }
}

export const AUDIT_ACTIONS = ['order', 'pause', 'resume', 'cancel', 'limit', 'drop', 'migrate'] as const

export const AuditView = z.object({
  entries: z.array(
    z.object({
      at: z.iso.datetime(),
      by: z.string(),
      action: z.string(),
      /** Of the run; null where it concerns none. */
      kind: z.string().nullable(),
      connector: z.string().nullable(),
      run: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
  /** What to ask for as `before` to read on, also where nothing was found yet; null at the beginning of the record. */
  next: z.string().nullable(),
})
export type AuditView = z.infer<typeof AuditView>

export function auditPageView({ entries, next }: AuditPage): AuditView {
  return { entries: entries.map(entryView), next: next === null ? null : String(next) }
}

function entryView({ who: by, what: action, run, atMs, details }: AuditEntry): AuditView['entries'][number] {
  const { kind, connector, ...rest } = details
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const at = new Date(atMs).toISOString()
  return { at, by, action, kind: text(kind), connector: text(connector), run, details: rest }
}
