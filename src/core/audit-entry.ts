// What goes on the record of who did what.

export interface AuditEntry {
  readonly id: string
  readonly who: string
  readonly what: string
  /** Null where it concerns none. */
  readonly run: string | null
  readonly atMs: number
  /** Nothing in it is a secret. */
  readonly details: Readonly<Record<string, unknown>>
}
