// What goes on the record of imports: orders, what becomes of them on the way, and that runs begin and end.

import type { AuditEntry } from '../core/audit-entry.ts'
import { placeOf } from '../core/import-from.ts'
import type { Order } from '../core/run.ts'
import type { AuditTrail } from '../sink/audit-trail.ts'
import type { Clock } from './clock.ts'
import { importParts } from './import-scope.ts'
import { rolledBackBy } from './rollback-scope.ts'
import type { RunKindWork } from './run-work.ts'

export type AuditAction =
  | 'trigger'
  | 'schedule'
  | 'rollback'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'limit'
  | 'begun'
  | 'ended'

export interface Audited extends Pick<AuditEntry, 'id' | 'who' | 'atMs'> {
  readonly what: AuditAction
  readonly more?: Readonly<Record<string, unknown>>
}

/** Null for runs of other kinds, of which no record is kept. */
export function auditEntry(order: Order, { more = {}, ...entry }: Audited): AuditEntry | null {
  const { id: run, connector, kind } = order
  if (kind === 'import') {
    const from = importParts(order).map(({ table, from: source }) => `${table}: ${placeOf(source)}`)
    return { ...entry, run, details: { kind, connector, from, ...more } }
  }
  return kind === 'rollback' ? { ...entry, run, details: { kind, connector, ...rolledBackBy(order), ...more } } : null
}

/** The same kind of run, which says on the record when it begins and how it ends. */
export function audited(
  kind: RunKindWork,
  { trail, clock }: { readonly trail: AuditTrail; readonly clock: Clock },
): RunKindWork {
  const tell = async (order: Order, what: 'begun' | 'ended', more: Audited['more']) => {
    const id = `${order.id} ${order.attempt} ${what}`
    const entry = auditEntry(order, {
      id,
      who: order.by,
      what,
      atMs: clock.nowMs(),
      more: { attempt: order.attempt, ...more },
    })
    if (entry !== null) await trail.write(entry)
  }
  return {
    carryOut: async (work) => {
      await work.retry(() => tell(work.order, 'begun', {}))
      await kind.carryOut(work)
    },
    conclude: async (work, state, fault) => {
      await kind.conclude?.(work, state, fault)
      await tell(work.order, 'ended', { state, error: fault?.code ?? null })
    },
  }
}
