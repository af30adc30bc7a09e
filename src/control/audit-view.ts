// Who did what to imports, as people see it.

import type { AuditEntry } from '../core/audit-entry.ts'

export function auditView({ who, what, run, atMs, details }: AuditEntry) {
  return { at: new Date(atMs).toISOString(), who, what, run, details }
}
