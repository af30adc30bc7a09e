// The port of the record of who did what to imports. Every entry may be written again, and stays as it was written first.

import type { AuditEntry } from '../core/audit-entry.ts'

export interface AuditTrail {
  write(entry: AuditEntry): Promise<void>
  /** The newest first. */
  list(limit: number): Promise<readonly AuditEntry[]>
  close(): Promise<void>
}
